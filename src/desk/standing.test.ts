import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder, taskPage } from './my-work.ts'
import { glance } from './standing.ts'

type Seen = Parameters<typeof glance>[0]

const recorder = (state: Seen['recorder']['state'], words: string): Seen['recorder'] => ({
  cameraId: 'c',
  state,
  words,
  sinceMs: null,
  lastFrameMs: null,
  untilMs: null,
  mandateId: null,
  heardMs: null,
})
const mandate = { class: 'ordinary', ended: null, fromMs: 100, untilMs: 1_000 }
const file = (more: object = {}): Seen['file'] =>
  ({ deployment: { ended: null }, stop: null, mandates: [mandate], ...more }) as unknown as Seen['file']
const seen = (more: Partial<Seen>): Seen => ({
  file: file(),
  gates: [],
  recorder: recorder('recording', 'Recording'),
  nowMs: 500,
  timeZone: 'Europe/London',
  ...more,
})

test('only a mandate in force and arriving pictures together are called well', () => {
  assert.equal(glance(seen({})).state, 'lawful')
  assert.equal(
    glance(seen({ recorder: recorder('fault', 'The camera refuses the password') })).state,
    'attention',
  )
  assert.equal(glance(seen({ nowMs: 1_000 })).state, 'waiting')
  assert.equal(glance(seen({ nowMs: 99 })).state, 'waiting')
  assert.equal(glance(seen({ file: null })).state, 'stopped')
})

test('a camera that the recorder calls recording is still stopped once its authority has ended', () => {
  const ended = file({ deployment: { ended: { atMs: 400, cause: 'withdrawn', by: null, reason: null } } })
  const at = glance(seen({ file: ended }))
  assert.equal(at.state, 'stopped')
  assert.match(at.words, /approval was withdrawn/)
  assert.equal(glance(seen({ file: file({ stop: { atMs: 400, lifted: null } }) })).state, 'stopped')
})

test('what is overdue comes first, and what has no date last', () => {
  const task = (id: string, dueMs: number | null) =>
    ({ id, dueMs }) as unknown as Parameters<typeof inOrder>[0][number]
  const { late, soon, later } = inOrder(
    [task('none', null), task('late', 1), task('soon', 2_000), task('far', 9e12)],
    1_000,
    () => 3,
  )
  assert.deepEqual(
    late.map((t) => t.id),
    ['late'],
  )
  assert.deepEqual(
    soon.map((t) => t.id),
    ['soon'],
  )
  assert.deepEqual(
    later.map((t) => t.id),
    ['far', 'none'],
  )
})

test('a task leads to the page where it is done', () => {
  assert.equal(taskPage({ kind: 'gate.dpia', about: { deployment: 'd' } }), '/deployments/d')
  assert.equal(taskPage({ kind: 'expiry.confirm', about: {} }), '/expiry')
  const of = (kind: string, about: Readonly<Record<string, string>> = {}) =>
    taskPage({ kind, about: { provider: 'whg', ...about } })
  assert.equal(of('policy.review'), '/policy/whg/document')
  assert.equal(of('policy.publish', { channel: 'intranet' }), '/policy/whg/document')
  assert.equal(of('library.missing', { paper: 'asb-policy' }), '/policy/whg/library/new?code=asb-policy')
  assert.equal(of('library.review', { paper: 'p' }), '/policy/whg/library/p')
  assert.equal(of('standard.expiry', { standard: 'bs-7958' }), '/policy/whg/standards/bs-7958')
  assert.equal(of('policy.review-early', { standard: 'bs-7958' }), '/policy/whg/standards/bs-7958')
  assert.equal(of('policy.consultation', { policyConsultation: 'c' }), '/policy/whg/consultations/c')
  assert.equal(taskPage({ kind: 'other', about: {} }), null)
})
