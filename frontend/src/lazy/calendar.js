// A calendar of bookings: views by month, week and list; entries move by drag where the server allows it.
import { Calendar } from "@fullcalendar/core";
import chinese from "@fullcalendar/core/locales/zh-cn";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
import list from "@fullcalendar/list";
import timeGrid from "@fullcalendar/timegrid";

const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false };
const PHONE = matchMedia("(max-width: 767.98px)");

export function mount(element, { getJson, htmx, language, postJson, RequestFailed, t }) {
  const { eventsUrl, moveUrl, createUrl, view, date, timezone, opens, closes } = element.dataset;
  const calendar = new Calendar(element.querySelector("[data-calendar-canvas]"), {
    plugins: [dayGrid, timeGrid, list, interaction],
    locales: [chinese],
    locale: language === "zh-CN" ? "zh-cn" : language,
    timeZone: timezone || "local",
    firstDay: 1,
    initialView: PHONE.matches ? "listWeek" : view || "timeGridWeek",
    initialDate: date || undefined,
    height: "auto",
    nowIndicator: true,
    buttonIcons: false,
    buttonText: { prev: "‹", next: "›" },
    buttonHints: { prev: t("calendar.previous"), next: t("calendar.next") },
    slotLabelFormat: CLOCK,
    eventTimeFormat: CLOCK,
    dayMaxEvents: 5,
    slotMinTime: opens || "08:00",
    slotMaxTime: closes || "20:00",
    allDaySlot: false,
    headerToolbar: { left: "prev,next today", center: "title", right: "dayGridMonth,timeGridWeek,timeGridDay,listWeek" },
    views: {
      timeGrid: { dayHeaderFormat: { weekday: "short", day: "numeric" } },
      list: { noEventsText: t("calendar.none") },
    },
    events: (range, done, failed) => load(range).then(done, failed),
    eventClassNames: ({ event }) => [`crm-event--${event.extendedProps.tone ?? "neutral"}`],
    editable: Boolean(moveUrl),
    selectable: Boolean(createUrl),
    selectMirror: true,
    eventDrop: move,
    eventResize: move,
    select: ({ startStr, endStr }) => {
      const url = new URL(createUrl, location.href);
      url.searchParams.set("start", startStr);
      url.searchParams.set("end", endStr);
      htmx.ajax("GET", url.pathname + url.search, { target: "#crm-dialog-body", swap: "innerHTML" });
    },
  });

  // Entries: [{id, title, start, end, url, tone, resource, editable}]; a resource is shown while its box is ticked.
  async function load({ startStr, endStr }) {
    const url = new URL(eventsUrl, location.href);
    url.searchParams.set("start", startStr);
    url.searchParams.set("end", endStr);
    for (const box of element.querySelectorAll("[data-resource]:checked")) url.searchParams.append("resource", box.value);
    const { items } = await getJson(url);
    return items;
  }

  async function move({ event, revert }) {
    try {
      await postJson(moveUrl.replace("{id}", encodeURIComponent(event.id)), { start: event.startStr, end: event.endStr });
    } catch (error) {
      revert();
      if (!(error instanceof RequestFailed)) throw error;
    }
  }

  const refresh = () => calendar.refetchEvents();
  element.addEventListener("change", refresh);
  document.addEventListener("crm:changed", refresh);
  calendar.render();
  return () => {
    document.removeEventListener("crm:changed", refresh);
    calendar.destroy();
  };
}
