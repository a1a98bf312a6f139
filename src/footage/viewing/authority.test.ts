import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorisedTimes } from './authority.ts'

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
