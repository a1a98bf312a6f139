/** Goal: a program that reads our OpenAPI document finds what is served. Method: the document against rules of OpenAPI 3.1 and JSON Schema 2020-12 (ajv), and against the rows it came from. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { fields } from './fields.ts'
import { html } from './html.ts'
import { openApi } from './openapi.ts'
import { type Route, route } from './route.ts'

const page = { title: 'x', body: html`` }
const none = { none: 'a row of a test' }
const rows: readonly Route[] = [
  route({
    method: 'GET',
    path: '/cameras/:id',
    permission: 'camera.view',
    ledger: none,
    input: z.object({ id: fields.id('a camera'), page: fields.whole('the page', 1, 100).optional() }),
    api: { summary: 'One camera', response: z.object({ id: z.string(), untilMs: z.number().nullable() }) },
    handler: async () => ({ data: null, page: () => page }),
  }),
  route({
    method: 'POST',
    path: '/cameras/:id',
    permission: 'camera.edit',
    ledger: 'camera.changed',
    input: z.object({
      id: fields.id('a camera'),
      place: fields.text('the place', 80),
      note: fields.optionalText('the note'),
      from: fields.day('the first day'),
      at: fields.time('the time'),
      purposes: fields.codes('a purpose', { min: 1 }),
      kind: fields.choice('a kind', ['dome', 'bullet']),
      sure: fields.tick(),
      read: fields.confirmed('Tick that'),
      email: fields.email('the address'),
    }),
    api: { summary: 'Change a camera' },
    handler: async () => ({ data: null, location: '/' }),
  }),
  route({
    method: 'POST',
    path: '/cameras/:id/photo',
    permission: 'camera.edit',
    ledger: 'camera.changed',
    input: z.object({ id: fields.id('a camera') }),
    uploads: { field: 'photo', files: 1, bytesMax: 1000, mimes: ['image/jpeg', 'image/png'] },
    api: { summary: 'A photo of the place' },
    handler: async () => ({ data: null, location: '/' }),
  }),
  route({
    method: 'GET',
    path: '/',
    permission: 'signed-in',
    ledger: none,
    api: { summary: 'A film', file: ['video/mp4'] },
    handler: async () => ({ file: { mime: 'video/mp4', body: Buffer.alloc(0) } }),
  }),
  route({
    method: 'DELETE',
    path: '/cameras/:id/notes/:note',
    permission: 'camera.edit',
    ledger: 'camera.changed',
    apiOnly: true,
    api: { summary: 'Remove a note' },
    handler: async () => ({ data: null, location: '/' }),
  }),
  route({
    method: 'GET',
    path: '/hidden',
    permission: 'public',
    ledger: none,
    handler: async () => ({ data: null, page: () => page }),
  }),
]

type Operation = {
  operationId: string
  parameters?: { name: string; in: string; required: boolean; schema: unknown }[]
  requestBody?: {
    content: Record<string, { schema: { properties: Record<string, unknown>; required: string[] } }>
  }
  responses: Record<string, unknown>
}
const document = JSON.parse(JSON.stringify(openApi(rows, 'https://cctv.example'))) as {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
}
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

describe('the OpenAPI document', () => {
  test('has every row of the API and no other', () => {
    assert.match(document.openapi, /^3\.1/)
    assert.equal(document.servers[0]!.url, 'https://cctv.example/api/v1')
    assert.deepEqual(operations.map(({ path, method }) => `${method} ${path}`).sort(), [
      'delete /cameras/{id}/notes/{note}',
      'get /',
      'get /cameras/{id}',
      'post /cameras/{id}',
      'post /cameras/{id}/photo',
    ])
  })

  test('declares each path parameter, names each operation once, and puts the rest where the method takes it', () => {
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = operation.parameters?.filter((parameter) => parameter.in === 'path') ?? []
      assert.deepEqual(
        declared.map((parameter) => parameter.name),
        inPath,
      )
      assert.ok(declared.every((parameter) => parameter.required && parameter.schema))
      assert.ok(operation.responses['200'] && operation.responses['403'])
    }
    const get = document.paths['/cameras/{id}']!['get']!
    assert.deepEqual(
      get.parameters?.filter((one) => one.in === 'query').map((one) => one.name),
      ['page'],
    )
    const body = document.paths['/cameras/{id}']!['post']!.requestBody!.content['application/json']!.schema
    assert.ok('place' in body.properties && !('id' in body.properties))
  })

  test('asks for what may not be left out, and for nothing that may', () => {
    const { schema } = document.paths['/cameras/{id}']!['post']!.requestBody!.content['application/json']!
    assert.deepEqual(schema.required.toSorted(), ['at', 'from', 'kind', 'place', 'purposes', 'read'])
    // The row itself takes exactly that.
    const row = rows.find(({ path, method }) => path === '/cameras/:id' && method === 'POST')!
    const given = {
      place: 'Hall',
      from: '2026-11-22',
      at: '18:40',
      purposes: ['asb'],
      kind: 'dome',
      read: true,
    }
    const whole: Record<string, unknown> = { id: '019ab000-0000-7000-8000-00000000000c', ...given }
    assert.equal(row.input!.safeParse(whole).success, true)
    for (const name of schema.required) {
      const { [name]: _, ...rest } = whole
      assert.equal(row.input!.safeParse(rest).success, false, name)
    }
  })

  test('says where a file goes in, and that a film comes out as a film', () => {
    const { content } = document.paths['/cameras/{id}/photo']!['post']!.requestBody!
    assert.deepEqual(content['multipart/form-data']!.schema.properties, {
      photo: { contentMediaType: 'image/jpeg, image/png' },
    })
    const film = document.paths['/']!['get']!.responses['200'] as { content: object }
    assert.deepEqual(film.content, { 'video/mp4': {} })
  })

  test('names operations as programs write names', () => {
    assert.deepEqual(operations.map(({ operation }) => operation.operationId).toSorted(), [
      'deleteCamerasIdNotesNote',
      'get',
      'getCamerasId',
      'postCamerasId',
      'postCamerasIdPhoto',
    ])
  })

  test('holds only schemas that a validator takes', () => {
    const require = createRequire(import.meta.url)
    const Ajv = require('ajv/dist/2020.js').default as new (
      options: object,
    ) => { compile(schema: unknown): (value: unknown) => boolean }
    const ajv = new Ajv({ strict: false, formats: {} })
    for (const { operation } of operations) {
      for (const parameter of operation.parameters ?? []) ajv.compile(parameter.schema)
      const schema = operation.requestBody?.content['application/json']?.schema
      if (!schema) continue
      const holds = ajv.compile(schema)
      assert.equal(
        holds({
          place: 'Hall',
          from: '2026-11-22',
          at: '18:40',
          purposes: ['asb'],
          kind: 'dome',
          sure: true,
          read: true,
          note: null,
          email: null,
        }),
        true,
      )
      assert.equal(holds({ place: 'x'.repeat(81), kind: 'dome' }), false)
    }
  })
})
