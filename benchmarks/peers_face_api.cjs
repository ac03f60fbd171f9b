// face-api.js from pixels to a label, for peers_of.py: node peers_face_api.cjs PIXELS WIDTH HEIGHT
// PIXELS holds uint8 RGB photos of one size, one after another. Prints one line of JSON.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const installed = createRequire(path.join(process.cwd(), "package.json")); // the packages of the current folder
const tf = installed("@tensorflow/tfjs");
const wasm = installed("@tensorflow/tfjs-backend-wasm");

async function main(packed, width, height) {
  wasm.setWasmPaths(path.dirname(installed.resolve("@tensorflow/tfjs-backend-wasm")) + path.sep);
  await tf.setBackend("wasm");
  await tf.ready();
  const entry = installed.resolve("@vladmandic/face-api/dist/face-api.node-wasm.js");
  const faceapi = installed(entry);
  const models = path.join(path.dirname(entry), "..", "model");
  await faceapi.nets.tinyFaceDetector.loadFromDisk(models);
  await faceapi.nets.faceExpressionNet.loadFromDisk(models);
  const pixels = fs.readFileSync(packed);
  const bytes = width * height * 3;
  const ms = [];
  let found = 0;
  for (let start = 0; start < pixels.length; start += bytes) {
    const photo = tf.tensor3d(pixels.subarray(start, start + bytes), [height, width, 3], "int32");
    const begun = performance.now();
    const faces = await faceapi.detectAllFaces(photo, new faceapi.TinyFaceDetectorOptions()).withFaceExpressions();
    ms.push(performance.now() - begun);
    found += faces.length > 0;
    tf.dispose(photo);
  }
  console.log(JSON.stringify({ ms, found, mib: process.resourceUsage().maxRSS / 1024 }));
}

main(process.argv[2], Number(process.argv[3]), Number(process.argv[4]));
