import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorisedTimes, intervalFor } from './authority.ts'

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
