// The expression network of @vladmandic/face-api on packed faces (README.md): node face_api.cjs PACKED OUT.csv
// PACKED holds uint8 RGB (N, 112, 112, 3) and PACKED.csv the rows `path,label`, both written by faces.py.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const installed = createRequire(path.join(process.cwd(), "package.json")); // the packages of the current folder
const tf = installed("@tensorflow/tfjs");
const wasm = installed("@tensorflow/tfjs-backend-wasm");
const SIZE = 112;
const BATCH = 16;
const CLASSES = ["Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise"];
const THEIRS = ["angry", "disgusted", "fearful", "happy", "neutral", "sad", "surprised"];

async function main(packed, out) {
  wasm.setWasmPaths(path.dirname(installed.resolve("@tensorflow/tfjs-backend-wasm")) + path.sep);
  await tf.setBackend("wasm");
  await tf.ready();
  const entry = installed.resolve("@vladmandic/face-api/dist/face-api.node-wasm.js");
  const { faceExpressionNet } = installed(entry).nets;
  await faceExpressionNet.loadFromDisk(path.join(path.dirname(entry), "..", "model"));

  const rows = fs.readFileSync(packed + ".csv", "utf8").trim().split(/\r?\n/).slice(1);
  const pixels = fs.readFileSync(packed);
  const bytes = SIZE * SIZE * 3;
  if (pixels.length !== rows.length * bytes) throw new Error(`${packed}: ${pixels.length} bytes for ${rows.length} rows`);
  const lines = [["path", "label", "predicted", ...CLASSES].join(",")];
  for (let start = 0; start < rows.length; start += BATCH) {
    const end = Math.min(start + BATCH, rows.length);
    const faces = [];
    for (let i = start; i < end; i++)
      faces.push(tf.tensor3d(pixels.subarray(i * bytes, (i + 1) * bytes), [SIZE, SIZE, 3], "int32"));
    const answers = [].concat(await faceExpressionNet.predictExpressions(faces));
    tf.dispose(faces);
    answers.forEach((answer, i) => {
      const scores = THEIRS.map((name) => answer[name]);
      const predicted = CLASSES[scores.indexOf(Math.max(...scores))];
      lines.push([rows[start + i], predicted, ...scores.map((score) => score.toFixed(6))].join(","));
    });
  }
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.writeFileSync(out, lines.join("\n") + "\n");
}

main(process.argv[2], process.argv[3]);
