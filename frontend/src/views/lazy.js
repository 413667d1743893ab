// Heavy parts come with the first page that shows one.
import { lazyComponent } from "../core/component.js";
import { getJson, postJson, RequestFailed } from "../core/request.js";
import { language, t } from "../core/texts.js";
import htmx from "../htmx.js";
import { openMenu } from "../overlay/menu.js";
import { isDark } from "../shell/theme.js";

const kit = { getJson, htmx, isDark, language, openMenu, postJson, RequestFailed, t };

lazyComponent("[data-chart]", () => import("../lazy/chart.js"), kit);
lazyComponent("[data-calendar]", () => import("../lazy/calendar.js"), kit);
lazyComponent("[data-board]", () => import("../lazy/board.js"), kit);
lazyComponent("select[data-combobox]", () => import("../lazy/combobox.js"), kit);
