/** Goal: a camera's own names for what it does are read as a person would read them, and never for less than they say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beyondAgreed, functionsFound } from './analytics.ts'

const of = (type: string, name = '') => functionsFound([{ type, name }])[0]!.technology

test('names of makers come to what they plainly say', () => {
  for (const [type, technology] of [
    ['CellMotionDetector', 'movement'],
    ['LineDetector', 'movement'],
    ['FieldDetector', 'movement'],
    ['TamperDetector', 'movement'],
    ['HumanDetector', 'movement'],
    ['LineCounting', 'counting'],
    ['PeopleCounting', 'counting'],
    ['LicensePlateRecognition', 'number-plates'],
    ['License Plate Detection', 'number-plates'],
    ['ANPR', 'number-plates'],
    ['VehiclePlate', 'number-plates'],
    ['FaceRecognition', 'facial-recognition'],
    ['Facial_Recognition', 'facial-recognition'],
    ['FaceLibraryMatch', 'facial-recognition'],
    ['PersonReIdentification', 'biometric'],
    ['SmartTracking', 'tracking'],
  ] as const)
    assert.equal(of(type), technology, type)
})

test('what a name leaves open stays open', () => {
  assert.equal(of('FaceDetector'), null)
  assert.equal(of('XQ-7'), null)
  assert.equal(of('XQ-7', 'Number plate reading'), 'number-plates')
})

test('what the policy refuses, and what nobody asked for, are told apart; noticing movement needs no asking', () => {
  const refused = [{ code: 'facial-recognition', label: 'Recognising faces', clause: 'x-1', route: null }]
  const functions = ['FaceRecognition', 'PeopleCounting', 'CellMotionEngine', 'FaceDetector'].map((type) => ({
    type,
    name: '',
  }))
  assert.deepEqual(beyondAgreed(refused, [], functions), {
    refused: [{ code: 'facial-recognition', label: 'Recognising faces', clause: 'x-1', route: null }],
    unsaid: ['Counts people or cars'],
  })
  assert.deepEqual(beyondAgreed(refused, ['counting'], functions).unsaid, [])
  assert.deepEqual(beyondAgreed(refused, [], []), { refused: [], unsaid: [] })
})
