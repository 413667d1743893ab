// Draws `[data-chart]` from the JSON inside it; the same numbers stand in a table next to it.
import { BarChart, FunnelChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { optionOf } from "./chart_option.js";

use([BarChart, FunnelChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function mount(figure, { isDark, language }) {
  const canvas = figure.querySelector("[data-chart-canvas]");
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const chart = init(canvas, null, { renderer: "svg" });
  // Named, because the library measures words by itself and knows nothing of inheriting.
  const font = getComputedStyle(figure).fontFamily;
  const draw = () => chart.setOption(optionOf(data, { language, dark: isDark(), calm: calm.matches, narrow: canvas.clientWidth < 420, font }), true);
  const resize = new ResizeObserver(() => {
    chart.resize();
    draw();
  });

  chart.on("click", ({ seriesIndex, dataIndex }) => {
    const url = data.series[seriesIndex]?.urls?.[dataIndex] ?? data.urls?.[dataIndex];
    if (url) location.assign(url);
  });
  document.addEventListener("crm:theme", draw);
  draw();
  resize.observe(canvas);
  return () => {
    resize.disconnect();
    document.removeEventListener("crm:theme", draw);
    chart.dispose();
  };
}
