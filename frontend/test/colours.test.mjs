import assert from "node:assert/strict";
import { test } from "node:test";
import { CARD, DARK, LIGHT } from "../src/lazy/palette_colours.js";

// Machado, Oliveira and Fernandes (2009), severity 1.0, applied to linear RGB.
const SIGHT = {
  full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
// CIE76 difference; about 2 is the least an eye notices side by side.
const TOLD_APART = 25;

const linear = (hex) =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
const luminance = (hex) => linear(hex).reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};
const seen = (rgb, matrix) => matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, v, at) => sum + v * rgb[at], 0))));
const lab = ([r, g, b]) => {
  const xyz = [0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b];
  const [x, y, z] = xyz.map((v, at) => v / [0.95047, 1, 1.08883][at]).map((v) => (v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

for (const [theme, colours] of Object.entries({ light: LIGHT, dark: DARK })) {
  test(`every colour of a figure stands out from the ${theme} card`, () => {
    for (const colour of colours) assert.ok(contrast(colour, CARD[theme]) >= 3, `${colour}: ${contrast(colour, CARD[theme])}`);
  });

  for (const [sight, matrix] of Object.entries(SIGHT)) {
    test(`no two colours of a figure look alike with ${sight} sight on the ${theme} card`, () => {
      for (let a = 0; a < colours.length; a += 1) {
        for (let b = a + 1; b < colours.length; b += 1) {
          const [one, other] = [colours[a], colours[b]].map((hex) => lab(seen(linear(hex), matrix)));
          const apart = Math.hypot(...one.map((v, at) => v - other[at]));
          assert.ok(apart >= TOLD_APART, `${colours[a]} and ${colours[b]}: ${apart.toFixed(1)}`);
        }
      }
    });
  }
}
