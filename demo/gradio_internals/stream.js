// Gradio (6.31) closes the stream of a session's answers when none is awaited. If something is asked in the moment in
// which the closing is on its way, the browser takes the stream for open, and that answer is never heard; if an answer
// came before the word that it had been asked for, the browser listens to a stream on which nothing will come, and to
// which later answers may not go. Here a stream is open exactly as long as an answer is awaited.
(() => {
    const ask = window.fetch.bind(window);
    const joining = new Set();
    const awaited = new Set();
    const early = new Set(); // ended before it was known that they had begun
    const EVENTS = {headers: {"Content-Type": "text/event-stream"}};

    const settle = (first, second, event) => first.delete(event) || second.add(event);

    const join = (input, options) => {
        const answer = ask(input, options);
        const noted = answer
            .then((response) => (response.ok ? response.clone().json() : {}))
            .then(({event_id: event}) => event && settle(early, awaited, event))
            .catch(() => {})
            .finally(() => joining.delete(noted));
        joining.add(noted);
        return answer;
    };

    const isToGoOn = async (message) => {
        const {msg, event_id: event} = JSON.parse(message.replace(/^data: /, ""));
        if (msg === "process_completed") settle(awaited, early, event);
        if (msg !== "close_stream") return false;
        await Promise.all(joining);
        return awaited.size > 0;
    };

    async function* messages(answer, again) {
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
            const whole = (text + part.value).split("\n\n");
            text = whole.pop();
            for (const message of whole) {
                if (await isToGoOn(message)) {
                    yield* messages(await again(), again);
                    return;
                }
                yield `${message}\n\n`;
            }
        }
    }

    const listen = async (input, options) => {
        await Promise.all(joining);
        if (!awaited.size) return new Response('data: {"msg":"close_stream"}\n\n', EVENTS);
        const again = () => ask(input, options);
        const first = await again();
        if (!first.ok) return first;
        const parts = messages(first, again);
        const stream = new ReadableStream({
            async pull(controller) {
                const {done, value} = await parts.next();
                if (done) controller.close();
                else controller.enqueue(value);
            },
        });
        return new Response(stream.pipeThrough(new TextEncoderStream()), first);
    };

    window.fetch = (input, options) => {
        const {pathname} = new URL(input.url ?? input, window.location.href);
        if (pathname.endsWith("/queue/join")) return join(input, options);
        if (pathname.endsWith("/queue/data")) return listen(input, options);
        return ask(input, options);
    };
})();
