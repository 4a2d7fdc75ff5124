/** The aggregate function of the template for new plugins: what authors begin with is what is tested. */
export * from "../../../../template/aggregate/assembly/aggregate";
