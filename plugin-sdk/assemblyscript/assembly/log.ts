import { log } from "./generated/host";
import { Level } from "./generated/types";

/** The rule's log. Lines carry the rule and the plugin by themselves; never log passwords or whole rows. */
export class Log {
  static debug(message: string): void { log.log(Level.Debug, message); }
  static info(message: string): void { log.log(Level.Info, message); }
  static warn(message: string): void { log.log(Level.Warn, message); }
  static error(message: string): void { log.log(Level.Error, message); }
}
