// Starts what every page has. Each part looks for its own elements and does nothing where there are none.
import { startCopying } from "./copy.js";
import { startFrames } from "./frames.js";
import { startKeys } from "./keys.js";
import { startLog } from "./log.js";
import { startState } from "./state.js";
import { startTables } from "./tables.js";
import { startTheme } from "./toggle.js";
import { startTimes } from "./times.js";

startTheme();
startCopying();
startKeys();
startTables();
startTimes();
startFrames();
startState();
startLog();

if (document.querySelector(".chart")) {
  const { startCharts } = await import("./charts.js");
  startCharts();
}
