// Runs once, when the page is laid out: what Gradio's image component cannot do as the place that takes a photo.

const SOON = 300; // milliseconds from a drop until the component says at the latest that it is uploading

/** Hand a file to the place as if it had been let go over it. */
const give = (place, file) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    place.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
};

/** Send one photo after the other: of two uploads at once the component keeps the one that is through last. */
const sendInTurn = (place) => {
    let begun = -SOON;
    let waiting = null;
    const isFree = () => !place.querySelector(".uploading") && performance.now() - begun > SOON;
    const giveWaiting = () => {
        if (!isFree()) return void setTimeout(giveWaiting, 50);
        const file = waiting;
        waiting = null;
        give(place, file);
    };
    place.addEventListener("drop", (event) => {
        const [file] = event.dataTransfer.files;
        if (!file) return;
        if (isFree()) {
            begun = performance.now();
            return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        if (waiting === null) setTimeout(giveWaiting, 50);
        waiting = file;
    }, true);
};

/** Have a button choose a file for the place. */
const chooseBy = (button, place) => {
    const chooser = document.createElement("input"); // kept: one that is nowhere held may be gone before it is told
    chooser.type = "file";
    chooser.accept = "image/*";
    chooser.addEventListener("change", () => {
        const [file] = chooser.files;
        chooser.value = ""; // the same file may be chosen again
        if (file) give(place, file);
    });
    button.addEventListener("click", () => chooser.click());
};

const begin = () => {
    const [place, picture, button] = ["#photo div.upload-container", "#photo-shown-place", "#add-photo"].map(
        (name) => document.querySelector(name),
    );
    if (!place || !picture || !button) return void requestAnimationFrame(begin); // they are laid out one by one
    // The picture lies inside the place, so that a photo let go over it is let go over the place.
    place.append(picture);
    sendInTurn(place);
    chooseBy(button, place);
};

begin();
