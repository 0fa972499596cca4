// @ts-check
/** Which step each frame of a film shows: the pace of `steepest.plot.film.timeline`. */

const FEW = 60; // most steps of a uniform pace
const A_STEP = 0.4; // seconds for each of a few steps
const [SHORTEST, LONGEST] = [2, 6]; // seconds of a film
const CLOSE = 1e-12; // of all steps: a frame this near to a whole step shows that step
const RATE = 16; // frames a second, so that there are less than a hundred
const HOLD = 3; // seconds on the last frame

/**
 * The step of each frame, from 0 to the last, and for how long it is shown, in seconds; a fraction is a point on the
 * way to the next step.
 * @param {number} limit the steps of the longest run
 */
export function paceOf(limit) {
  const count = limit ? Math.ceil(RATE * Math.min(Math.max(A_STEP * limit, SHORTEST), LONGEST)) : 1;
  return Array.from({ length: count }, (_, k) => {
    const share = k / Math.max(1, count - 1);
    const step = limit <= FEW ? share * limit : Math.expm1(share * Math.log1p(limit));
    const whole = Math.round(step);
    const last = k === count - 1;
    return {
      step: last ? limit : Math.abs(step - whole) < CLOSE * limit ? whole : step,
      seconds: 1 / RATE + (last ? HOLD : 0),
    };
  });
}
