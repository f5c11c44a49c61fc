// SPDX-License-Identifier: Apache-2.0
// What an export is in. Its sums and sizes stand in the directory, because it is written while it is made.
import assert from 'node:assert/strict';
import * as zlib from 'node:zlib';

// One compressed file in a ZIP archive.
export const unzip = (bytes) => {
  assert.equal(bytes.readUInt32LE(0), 0x04034b50);
  assert.equal(bytes.readUInt16LE(8), 8, 'deflated');
  const name = bytes.subarray(30, 30 + bytes.readUInt16LE(26)).toString();
  const at = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const directory = bytes.readUInt32LE(bytes.length - 6);
  assert.equal(bytes.readUInt32LE(directory), 0x02014b50);
  const text = zlib.inflateRawSync(bytes.subarray(at, at + bytes.readUInt32LE(directory + 20)));
  assert.equal(text.length, bytes.readUInt32LE(directory + 24));
  return { name, text: text.toString() };
};
