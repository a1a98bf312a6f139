/**
 * What people are told when something goes wrong: one table from kind of failure to status and words. A browser never
 * sees `error.message`; it sees a reference number that stands in the log beside the whole story.
 */
import type { Decision, FailureKind, Reason } from '#base/base.ts'
import { type Html, html } from './html.ts'
import { type ClauseWords, clauseMark, heading, link, paragraph, small } from './marks.ts'
import type { FieldError, Page, Person } from './route.ts'

export type Trouble = FailureKind | 'bug' | 'bad-request' | 'form-expired' | 'wrong-origin'

type Words = { readonly status: number; readonly title: string; readonly what: string; readonly todo: string }

export const troubles: Readonly<Record<Trouble, Words>> = {
  invalid: {
    status: 422,
    title: 'We could not use what was sent',
    what: 'Something on the form or in the address was not as it should be.',
    todo: 'Go back, check what you typed and try again.',
  },
  'bad-request': {
    status: 400,
    title: 'We could not read what was sent',
    what: 'The request was cut off or was not in a form that we know.',
    todo: 'Go back and try again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    what: 'This page is only for people who have signed in.',
    todo: 'Sign in and try again.',
  },
  forbidden: {
    status: 403,
    title: 'You cannot open this page',
    what: 'Your role does not allow it.',
    todo: 'If you need it for your work, ask the person who looks after accounts at your landlord.',
  },
  'form-expired': {
    status: 403,
    title: 'This form is too old to use',
    what: 'You signed in or out after the form was opened, or cookies are switched off. Nothing was changed.',
    todo: 'Go back, load the page again and send the form once more.',
  },
  'wrong-origin': {
    status: 403,
    title: 'This form came from another website',
    what: 'Overt only takes forms from its own pages. Nothing was changed.',
    todo: 'Open Overt by its own address and try again.',
  },
  'not-found': {
    status: 404,
    title: 'Page not found',
    what: 'There is nothing at this address, or you may not know whether there is.',
    todo: 'Check the address, or start again from the home page.',
  },
  conflict: {
    status: 409,
    title: 'Somebody was faster',
    what: 'The facts changed while you were working, so nothing was saved.',
    todo: 'Go back, load the page again, and look at what has changed before you decide.',
  },
  'too-large': {
    status: 413,
    title: 'That is too big',
    what: 'What was sent is larger than this page takes.',
    todo: 'Choose a smaller file, or send less text.',
  },
  'too-many': {
    status: 429,
    title: 'Too many tries',
    what: 'A lot of requests came from your address in a short time.',
    todo: 'Wait a minute and try again.',
  },
  unsupported: {
    status: 415,
    title: 'We do not know this kind of file or message',
    what: 'It was sent in a form that this page does not take.',
    todo: 'Go back and choose another.',
  },
  unavailable: {
    status: 503,
    title: 'A part of Overt is not answering',
    what: 'Nothing was changed. Recording goes on by itself while this lasts.',
    todo: 'Try again in a minute. If it goes on, tell whoever looks after Overt and give them the reference.',
  },
  'data-loss': {
    status: 500,
    title: 'Something stored cannot be read back',
    what: 'We will not show anything that we cannot vouch for.',
    todo: 'Tell whoever looks after Overt and give them the reference. Do not delete anything.',
  },
  'no-room': {
    status: 507,
    title: 'There is no room left',
    what: 'The disk is too full to keep this. Nothing that was already kept is harmed.',
    todo: 'Tell whoever looks after Overt now, and give them the reference.',
  },
  bug: {
    status: 500,
    title: 'Something went wrong on our side',
    what: 'It was not caused by what you did. What you sent may not have been saved.',
    todo: 'Try again. If it happens twice, tell whoever looks after Overt and give them the reference.',
  },
}

const homeLink = html`<p class="govuk-body">${link('/', 'Go to the home page')}</p>`
const referenceLine = (reference: string): Html =>
  small(html`Reference: <strong class="overt-reference">${reference}</strong>`)

export function troublePage(trouble: Trouble, reference: string, what?: string): Page {
  const words = troubles[trouble]
  const showsReference = words.status >= 500 || trouble === 'conflict'
  return {
    title: words.title,
    body: html`${heading({ title: words.title, lead: what ?? words.what })}${paragraph(words.todo)}${homeLink}${
      showsReference ? referenceLine(reference) : null
    }`,
  }
}

const reasonLines = (reasons: readonly (Reason | FieldError)[], clauseWords: ClauseWords): Html =>
  html`<ul class="govuk-list govuk-list--bullet">${reasons.map(
    (reason) => html`<li>${reason.message}${clauseMark(reason.clause, clauseWords)}</li>`,
  )}</ul>`

/** A single reason is the answer, so it stands as the page's first sentence. */
const oneReason = (
  reason: Reason | FieldError | undefined,
  otherwise: string,
  clauseWords: ClauseWords,
): Html =>
  reason === undefined ? html`${otherwise}` : html`${reason.message}${clauseMark(reason.clause, clauseWords)}`

/** Signed in, but not allowed: why, by clause where the policy says so. */
export function notAllowedPage(
  decision: Decision,
  person: Person,
  clauseWords: ClauseWords = () => null,
): Page {
  const words = troubles.forbidden
  return {
    title: words.title,
    body: html`${heading({ title: words.title, lead: decision.reasons.length > 1 ? undefined : oneReason(decision.reasons[0], words.what, clauseWords) })}${
      decision.reasons.length > 1 ? reasonLines(decision.reasons, clauseWords) : null
    }${paragraph(`You are signed in as ${person.name}.`)}${paragraph(words.todo)}${homeLink}`,
  }
}

/** A refusal whose page has no form to show again. */
export function refusedPage(
  refusal: readonly (Reason | FieldError)[],
  forbidden: boolean,
  back: string,
  clauseWords: ClauseWords = () => null,
): Page {
  const title = forbidden ? 'This is not allowed' : 'This cannot be done'
  return {
    title,
    back: { href: back, text: 'Back' },
    body: html`${heading({ title, lead: refusal.length === 1 ? oneReason(refusal[0], '', clauseWords) : undefined })}${refusal.length === 1 ? null : reasonLines(refusal, clauseWords)}${paragraph('Nothing was changed.')}`,
  }
}

/** For programs: RFC 9457 problem details. `reference` is what to look for in the log. */
export function problem(
  trouble: Trouble,
  reference: string,
  more: {
    readonly errors?: readonly FieldError[]
    readonly reasons?: readonly Reason[]
    readonly detail?: string
  } = {},
): Record<string, unknown> {
  const words = troubles[trouble]
  return {
    type: `about:blank#${trouble}`,
    title: words.title,
    status: words.status,
    detail: more.detail ?? `${words.what} ${words.todo}`,
    reference,
    ...(more.errors ? { errors: more.errors } : {}),
    ...(more.reasons ? { reasons: more.reasons } : {}),
  }
}
