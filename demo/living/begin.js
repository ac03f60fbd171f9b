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
watch("value", () => shown.face(props.value));
shown.face(props.value);
