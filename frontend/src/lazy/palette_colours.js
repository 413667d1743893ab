// One order of colours for every figure: told apart with each kind of colour blindness, at least 3:1 on the card.
// test/colours.test.mjs holds both claims.
export const LIGHT = ["#228fe5", "#b48e11", "#0c5a47", "#7a3285", "#8d3a0c", "#8c939f"];
export const DARK = ["#adc9e8", "#decf79", "#49c99c", "#b05dbe", "#e65b1e", "#6b6f77"];
export const CARD = { light: "#ffffff", dark: "#1b2027" };
