// Ties the picture to Gradio's component, whose `element`, `props`, `watch` and `trigger` are here.
// The server answers nobody whose visit it has not begun yet.
const hasBegun = new Promise((begun) => {
    if (document.documentElement.dataset.begun) begun();
    else document.addEventListener("glamor-begun", begun, {once: true});
});
const shown = picture_js.begin(element, words, {
    wanted: () => hasBegun.then(() => trigger("wanted")),
    clearness: (asked) => hasBegun.then(() => trigger("clearness", {asked})),
    other: (asked) => hasBegun.then(() => trigger("other", {asked})),
});
for (const what of ["weights", "clearness", "other", "others"])
    document.addEventListener(`glamor-${what}`, ({detail}) => shown[what](detail));
document.addEventListener("glamor-try", ({detail}) => shown.try(detail)); // of the parts' card
let isBehind = false;
/** Dim it, as all that is not up to date, while it is told of a face that was chosen and not of its way. */
const dim = (now) => {
    if (now === isBehind) return;
    isBehind = now;
    const marks = document.querySelector(".gradio-container").dataset;
    marks.entering = Number(marks.entering ?? 0) + (now ? 1 : -1);
    if (marks.entering === "0") delete marks.entering;
};
watch("value", () => {
    const {waiting = false} = JSON.parse(props.value);
    if (!waiting) shown.face(props.value);
    dim(waiting);
});
shown.face(props.value);
