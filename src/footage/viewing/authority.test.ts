import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorisedTimes, intervalFor, partsOutside } from './authority.ts'

const interval = (fromMs: number, untilMs: number, kind: 'ordinary' | 'commissioning' | 'transitional') => ({
  fromMs,
  untilMs,
  mandateId: 'm',
  deploymentId: 'd',
  class: kind,
})

test('what a taken-over camera recorded may be shown and goes on into its ordinary authority; a still’s time may not', () => {
  assert.deepEqual(
    authorisedTimes([
      interval(100, 200, 'transitional'),
      interval(200, 300, 'ordinary'),
      interval(400, 500, 'commissioning'),
    ]),
    [{ fromMs: 100, toMs: 300 }],
  )
  assert.deepEqual(authorisedTimes([interval(1, 1, 'transitional')]), [])
})

test('a span marked from before the authority is asked by the rules of the camera it is of', () => {
  const first = interval(100, 200, 'ordinary')
  const second = interval(300, 400, 'ordinary')
  const both = [second, first]
  assert.equal(intervalFor(both, 50), first)
  assert.equal(intervalFor(both, 150), first)
  assert.equal(intervalFor(both, 250), first)
  assert.equal(intervalFor(both, 300), second)
  assert.equal(intervalFor(both, 900), second)
  assert.equal(intervalFor([], 900), null)
})

test('every part of a span is in the times or outside them, and none is both', () => {
  const times = [
    { fromMs: 300, toMs: 400 },
    { fromMs: 100, toMs: 200 },
    { fromMs: 150, toMs: 220 },
  ]
  assert.deepEqual(partsOutside(times, 0, 500), [
    { fromMs: 0, toMs: 100 },
    { fromMs: 220, toMs: 300 },
    { fromMs: 400, toMs: 500 },
  ])
  assert.deepEqual(partsOutside(times, 110, 320), [{ fromMs: 220, toMs: 300 }])
  assert.deepEqual(partsOutside(times, 310, 390), [])
  assert.deepEqual(partsOutside([], 0, 10), [{ fromMs: 0, toMs: 10 }])
})
