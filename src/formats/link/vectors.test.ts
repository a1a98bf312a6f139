import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { signerFromSeed } from '#formats/mandate/mandate.ts'
import { checkHubProof, decodeFrame, type Meeting, recorderProof, recorderProofHolds } from './link.ts'
import { hubMessages, recorderMessages } from './messages.ts'

const reference = readFileSync(new URL('../../../docs/reference/link.md', import.meta.url), 'utf8')

const vector = JSON.parse(readFileSync(new URL('./vectors/meeting.json', import.meta.url), 'utf8')) as {
  identitySeed: string
  identityKey: string
  rootKey: string
  certificate: string
  meeting: Meeting
  recorderProof: string
  hubProof: string
  nowMs: number
  frame: string
  frameMeans: { payload: string }
}

test('version 1 of the link is spoken as it always was', () => {
  const identity = signerFromSeed(Buffer.from(vector.identitySeed, 'hex'))
  assert.equal(recorderProof(vector.meeting, identity.privateKey), vector.recorderProof)
  assert.ok(recorderProofHolds(vector.meeting, vector.identityKey, vector.recorderProof))
  const { certificate, hubProof: signature, rootKey, nowMs } = vector
  assert.ok(checkHubProof(vector.meeting, { certificate, signature, rootKey, nowMs }).ok)
  const frame = decodeFrame(Buffer.from(vector.frame, 'hex'))
  const means = { ...vector.frameMeans, payload: Buffer.from(vector.frameMeans.payload, 'hex') }
  assert.deepEqual(frame, { ok: true, value: means })
})

test('the reference names every message with exactly its fields', () => {
  const written = new Map<string, string[]>()
  const add = (type: string, fields: string) =>
    written.set(type, fields.replace(/\[[^\]]*\]|\{[^}]*\}/g, '').match(/[A-Za-z]+/g) ?? [])
  // The meeting's four are in a list (`hello {v, …}`), the others in two tables.
  for (const [, type, fields] of reference.matchAll(/→ `([\w-]+) \{([^`]*)\}`/g)) add(type!, fields!)
  for (const [, type, fields] of reference.matchAll(/^\| `([\w-]+)` \| `([^|]*)` \|/gm)) add(type!, fields!)
  for (const [type, { shape }] of Object.entries({ ...hubMessages, ...recorderMessages }))
    assert.deepEqual(
      written.get(type)?.toSorted(),
      Object.keys(shape)
        .filter((name) => name !== 'type')
        .toSorted(),
      `${type} in docs/reference/link.md`,
    )
})
