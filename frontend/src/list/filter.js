// The filter builder: an Alpine component over the fields the server lists; it only ever changes the address.
import Alpine from "@alpinejs/csp";
import { mountAll } from "../core/component.js";
import { t } from "../core/texts.js";
import { requestList } from "./address.js";
import { filtersOf, withFilters } from "./query.js";

const VALUELESS = "empty";
const RELATIVE = "within";
const COUNTED = /^(last|next)-(\d+)-days$/;
const USUAL_DAYS = 30;

export function register() {
  Alpine.data("crmFilter", () => ({
    fields: [],
    rules: [],
    counter: 0,

    init() {
      this.fields = JSON.parse(this.$root.querySelector("[data-filter-fields]").textContent);
      this.read();
    },
    read() {
      const names = this.fields.map((field) => field.name);
      this.rules = filtersOf(location.search, names).map((rule) => this.withKey(rule));
      if (!this.rules.length) this.add();
    },
    withKey(rule) {
      this.counter += 1;
      return { ...rule, key: this.counter };
    },
    add() {
      const field = this.fields[0];
      this.rules.push(this.withKey({ field: field.name, operator: field.operators[0], value: "" }));
    },
    remove(rule) {
      this.rules = this.rules.filter((one) => one.key !== rule.key);
    },
    clear() {
      this.rules = [];
      this.apply();
    },
    fieldOf(rule) {
      return this.fields.find((field) => field.name === rule.field) ?? this.fields[0];
    },
    operatorsOf(rule) {
      return this.fieldOf(rule).operators.map((name) => ({ name, label: this.operatorLabel(rule, name) }));
    },
    operatorLabel(rule, name) {
      return t(this.dated(rule) && ["gt", "gte", "lt", "lte"].includes(name) ? `op.date.${name}` : `op.${name}`);
    },
    dated(rule) {
      return ["date", "datetime-local"].includes(this.fieldOf(rule).control);
    },
    fieldChanged(rule) {
      rule.operator = this.fieldOf(rule).operators[0];
      rule.value = rule.operator === VALUELESS ? "true" : "";
      this.operatorChanged(rule);
    },
    operatorChanged(rule) {
      if (rule.operator === VALUELESS) rule.value = "true";
      else if (rule.operator === RELATIVE) rule.value = "today";
      else if (["true", "false"].includes(rule.value) || (this.dated(rule) && /^[a-z]/.test(rule.value))) rule.value = "";
      else if (rule.operator !== "in" && this.fieldOf(rule).lookup_url) rule.value = rule.value.split(",")[0];
    },
    controlOf(rule) {
      if (rule.operator === VALUELESS) return "presence";
      if (rule.operator === RELATIVE) return "period";
      const field = this.fieldOf(rule);
      if (field.lookup_url) return "lookup";
      if (field.options) return rule.operator === "in" ? "options" : "option";
      return "input";
    },
    inputType(rule) {
      const control = this.fieldOf(rule).control;
      return ["number", "date", "datetime-local"].includes(control) && rule.operator !== "in" ? control : "text";
    },
    optionsOf(rule) {
      return (this.fieldOf(rule).options ?? []).map(([value, label]) => ({ value, label }));
    },
    lookupsOf(rule) {
      if (this.controlOf(rule) !== "lookup") return [];
      const many = rule.operator === "in";
      return [{ ...this.fieldOf(rule), many, key: `${rule.field}${many}` }];
    },
    async offerLookup(place, rule) {
      await this.$nextTick();
      for (const { value, label } of this.optionsOf(rule)) {
        if (this.has(rule, value)) place.firstChild.add(new Option(label, value, true, true));
      }
      mountAll(place);
    },
    choose(rule, event) {
      const chosen = [...event.target.selectedOptions].filter((option) => option.value);
      const field = this.fieldOf(rule);
      field.options ??= [];
      for (const { value, label } of chosen) {
        if (!field.options.some(([known]) => known === value)) field.options.push([value, label]);
      }
      rule.value = chosen.map((option) => option.value).join(",");
    },
    periodOf(rule) {
      return COUNTED.exec(rule.value)?.[1] ?? rule.value;
    },
    choosePeriod(rule, event) {
      const period = event.target.value;
      rule.value = ["last", "next"].includes(period) ? `${period}-${USUAL_DAYS}-days` : period;
    },
    daysOf(rule) {
      return COUNTED.exec(rule.value)?.[2] ?? "";
    },
    chooseDays(rule, event) {
      const days = Math.min(Math.max(Number.parseInt(event.target.value, 10) || 1, 1), 3660);
      rule.value = `${this.periodOf(rule)}-${days}-days`;
    },
    has(rule, value) {
      return rule.value.split(",").includes(value);
    },
    toggle(rule, value) {
      const chosen = rule.value.split(",").filter(Boolean);
      const rest = chosen.filter((one) => one !== value);
      rule.value = (rest.length < chosen.length ? rest : [...chosen, value]).join(",");
    },
    apply() {
      const names = this.fields.map((field) => field.name);
      const rules = this.rules.filter((rule) => rule.value !== "");
      const list = document.getElementById(this.$root.dataset.list);
      this.$root.closest("dialog")?.close();
      requestList(list, withFilters(location.search, names, rules));
    },
  }));
}
