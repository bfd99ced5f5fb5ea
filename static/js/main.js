/** What every page does: theme, times in words, menus, copying, questions before a post. */
import { startTheme } from "./theme.js";
import { startTimes } from "./when.js";
import { startMenus } from "./menus.js";
import { startButtons } from "./buttons.js";

startTheme();
startTimes();
startMenus();
startButtons();
