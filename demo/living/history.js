// What was tried, one step after the other; without a page.

const GLIDING = ["weigh", "clear"]; // what is dragged: the way there is one step
const MOST = 24;

/**
 * @param {object} first state, before anything is tried
 * @returns the steps, each with its `state` and what was noted of it, and where among them the picture is
 */
export const history = (first) => {
    let [steps, at] = [[{kind: null, state: first}], 0];
    return {
        steps: () => steps,
        at: () => at,
        /** Keep a state; steps that were undone are given up. @param {string} kind @param {object} state */
        add: (kind, state) => {
            const last = steps[at];
            if (at === steps.length - 1 && last.kind === kind && GLIDING.includes(kind)) return void (last.state = state);
            steps = [...steps.slice(0, at + 1), {kind, state}];
            if (steps.length > MOST) steps.splice(1, 1);
            at = steps.length - 1;
        },
        /** Go to a step and return its state. @param {number} index */
        go: (index) => {
            at = Math.min(steps.length - 1, Math.max(0, index));
            return steps[at].state;
        },
    };
};
