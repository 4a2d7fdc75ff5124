// What `import { … } from "plutino"` gives.
export * from "./result";
export * from "./json";
export * from "./log";
export * from "./functions";
export * from "./messages";
export * from "./generated/types";
export * from "./generated/host";
