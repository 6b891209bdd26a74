// The distance of two colours, for people with normal vision and for those without red or green cones.

const linear = (channel) => {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

const rgbOf = (hex) => [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16)));

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * vector[i], 0));

// Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
const Sights = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

// Ottosson 2020.
function oklab([r, g, b]) {
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    [r, g, b].map((channel) => Math.min(1, Math.max(0, channel))),
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [l, m, s],
  );
}

/** The smallest distance in OKLab over all kinds of vision, with its kind: { sight, distance }. */
export function distance(one, other) {
  return Object.entries(Sights)
    .map(([sight, matrix]) => {
      const [a, b] = [one, other].map((hex) => oklab(times(matrix, rgbOf(hex))));
      return { sight, distance: Math.hypot(...a.map((value, i) => value - b[i])) };
    })
    .reduce((least, next) => (next.distance < least.distance ? next : least));
}
