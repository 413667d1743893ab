// Our small description of a figure, turned into the chart library's options.
import { DARK, LIGHT } from "./palette_colours.js";

const INK = {
  light: { text: "#3a4453", quiet: "#5b6675", line: "#dfe3e8", card: "#ffffff" },
  dark: { text: "#d5dae1", quiet: "#a3adb9", line: "#343b45", card: "#1b2027" },
};

/**
 * `data`: {type: bar|line|pareto|pie|funnel, categories, series: [{name, values, urls?}], stacked?, horizontal?, unit?,
 * share?}; `share` ({name, values} in percent) is the line of a pareto chart.
 */
export function optionOf(data, { language, dark, calm, narrow, font }) {
  const number = new Intl.NumberFormat(language);
  const colours = dark ? DARK : LIGHT;
  const ink = { ...(dark ? INK.dark : INK.light), first: colours[0] };
  const round = data.type === "pie" || data.type === "funnel";
  const legend = data.series.length > 1 || data.type === "pie" || Boolean(data.share);
  return {
    color: colours,
    animation: !calm,
    animationDuration: 300,
    textStyle: { fontFamily: font, color: ink.text },
    aria: { enabled: true, label: { enabled: false }, decal: { show: data.series.length > 3 } },
    tooltip: {
      trigger: round ? "item" : "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: dark ? "#ffffff0d" : "#1d29390d" } },
      backgroundColor: ink.card,
      borderColor: ink.line,
      textStyle: { color: ink.text, fontSize: 13 },
      valueFormatter: (value) => (value === null || value === undefined ? "–" : `${number.format(value)}${data.unit ? ` ${data.unit}` : ""}`),
    },
    legend: {
      show: legend,
      bottom: 0,
      icon: "roundRect",
      itemWidth: 12,
      itemHeight: 12,
      itemGap: 16,
      textStyle: { color: ink.quiet, fontSize: 12 },
    },
    ...(round ? { series: [roundSeries(data, ink, number)] } : axes(data, ink, { legend, narrow, number })),
  };
}

function axes(data, ink, { legend, narrow, number }) {
  const label = { color: ink.quiet, fontSize: 12 };
  const names = {
    type: "category",
    data: data.categories,
    inverse: Boolean(data.horizontal),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.line } },
    axisLabel: data.horizontal ? { ...label, width: narrow ? 84 : 128, overflow: "truncate" } : { ...label, hideOverlap: true },
  };
  const values = {
    type: "value",
    minInterval: 1,
    splitNumber: narrow ? 3 : 4,
    axisLabel: { ...label, formatter: (value) => number.format(value) },
    splitLine: { lineStyle: { color: ink.line } },
  };
  return {
    // Long names beside lying bars get a column of their own; the library would cut them off.
    grid: data.horizontal
      ? { left: narrow ? 96 : 140, right: 16, top: 12, bottom: legend ? 56 : 26 }
      : { left: 4, right: 12, top: 12, bottom: legend ? 34 : 4, containLabel: true },
    xAxis: data.horizontal ? values : names,
    yAxis: data.horizontal ? names : data.share ? [values, shares(label)] : values,
    series: [...data.series.map((series) => bars(data, series)), ...(data.share ? [cumulated(data.share)] : [])],
  };
}

function shares(label) {
  return { type: "value", min: 0, max: 100, interval: 25, splitLine: { show: false }, axisLabel: { ...label, formatter: "{value}%" } };
}

function cumulated(share) {
  return {
    type: "line",
    name: share.name,
    data: share.values,
    yAxisIndex: 1,
    symbolSize: 6,
    lineStyle: { width: 2 },
    tooltip: { valueFormatter: (value) => `${value}%` },
  };
}

function bars(data, series) {
  return {
    type: data.type === "line" ? "line" : "bar",
    name: series.name,
    data: series.values,
    stack: data.stacked ? "all" : undefined,
    barMaxWidth: 32,
    barGap: "10%",
    cursor: series.urls ? "pointer" : "default",
    smooth: false,
    symbolSize: 6,
    lineStyle: { width: 2 },
    itemStyle: data.type === "line" ? undefined : { borderRadius: data.stacked ? 0 : 2 },
  };
}

function roundSeries(data, ink, number) {
  const [series] = data.series;
  const slices = data.categories.map((name, at) => ({ name, value: series.values[at] }));
  const shared = { data: slices, cursor: series.urls ? "pointer" : "default", itemStyle: { borderColor: ink.card, borderWidth: 2 } };
  if (data.type === "pie") {
    return { ...shared, type: "pie", radius: ["52%", "76%"], center: ["50%", "44%"], label: { show: false } };
  }
  // Every step counts the same thing, so every step has the same colour.
  return {
    ...shared,
    itemStyle: { ...shared.itemStyle, color: ink.first },
    type: "funnel",
    left: 0,
    right: "38%",
    top: 4,
    bottom: 4,
    minSize: "12%",
    sort: "none",
    gap: 2,
    // Words beside the slice are readable on the card whatever the slice's colour.
    label: { position: "right", color: ink.text, fontSize: 12, formatter: ({ name, value }) => `${name}  ${number.format(value)}` },
    labelLine: { length: 8, lineStyle: { color: ink.line } },
  };
}
