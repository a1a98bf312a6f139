/**
 * web: the page kit. It turns rows (`Route`) into pages and a JSON API, and gives rooms `html`, form fields, marks
 * and words for times to build pages with. It promises that nobody gets past a row's permission, that a POST came
 * from our own page, that a refused form keeps what was typed, and that no error of ours is shown to a browser.
 * It never decides who may do what (`authenticate` and `permits` are given to it), never touches the database, and no
 * room but this one touches Fastify, Nunjucks or raw markup.
 */
export * as components from './components.ts'
export { fields } from './fields.ts'
export type { Health } from './health.ts'
export { type Html, html, type Printable } from './html.ts'
export { direction, isLanguage, languageName } from './language.ts'
export type { NavItem } from './layout.ts'
export * as marks from './marks.ts'
export * from './moments.ts'
export * from './route.ts'
export { type Credentials, createWeb, type Refusal, type WebOptions } from './server.ts'
export { printable, typeset } from './typeset/typeset.ts'
