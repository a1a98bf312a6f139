/** The frame of every page: skip link, name, navigation, notices, the page, and who is signed in. */
import { readFileSync } from 'node:fs'
import type { Assets } from './assets.ts'
import { backLink, errorSummary, serviceNavigation, skipLink } from './components.ts'
import { type Html, html, trusted } from './html.ts'
import { type ClauseWords, clauseMark, stateShape } from './marks.ts'
import type { Page, View } from './route.ts'

export type NavItem = { readonly href: string; readonly text: string; readonly permission: string }

export type Frame = {
  readonly page: Page
  readonly view: View
  /** Already narrowed to what the person may open. */
  readonly nav: readonly { readonly href: string; readonly text: string }[]
  /** Said on every page until the cause is gone (a demo home, keys beside footage). */
  readonly notices: readonly Html[]
  readonly assets: Assets
  readonly clauseWords?: ClauseWords | undefined
}

const mark = trusted(readFileSync(new URL('./theme/mark.svg', import.meta.url), 'utf8').trim())

const isCurrent = (path: string, href: string) =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)

export function layout(frame: Frame): Html {
  const { page, view, assets } = frame
  const errors = view.refused?.errors ?? []
  const ruleMark = (id: string, linked: boolean) => clauseMark(id, frame.clauseWords ?? (() => null), linked)
  const title = `${errors.length > 0 ? 'Error: ' : ''}${page.title} – Overt`
  const scripts = ['page', ...(page.islands ?? [])].map(
    (name) => html`<script type="module" nonce="${view.nonce}" src="${assets.script(name)}"></script>`,
  )
  return html`<!doctype html>
<html lang="en-GB" class="govuk-template">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#fbfaf6">
<meta name="robots" content="noindex">
<link rel="icon" href="${assets.file('icon.svg')}" type="image/svg+xml">
<link rel="preload" href="${assets.file('regular.woff2')}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${assets.style}">
</head>
<body class="govuk-template__body${page.wide ? ' overt-page--wide' : ''}">
<script nonce="${view.nonce}">document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '')</script>
${skipLink()}
${head(frame)}
<div class="govuk-width-container">
${page.back ? html`<nav aria-label="Back">${backLink(page.back.href, page.back.text)}</nav>` : null}
<main class="govuk-main-wrapper overt-main" id="content" tabindex="-1">
${errors.length > 0 ? errorSummary(errors, undefined, ruleMark) : null}
${view.flash ? flash(view.flash) : null}
${underHeading(page)}
</main>
</div>
<footer class="overt-foot"><div class="govuk-width-container"><p class="govuk-body-s">Overt records and shows only what the landlord’s own published policy and the law allow. What is done here is written in a <abbr title="a list that cannot be changed unseen">ledger</abbr>.</p></div></footer>
${scripts}
</body>
</html>`
}

/** The page with its guidance after the block of its heading; at the end, where a page has no such block. */
function underHeading({ body, guidance }: Page): Html {
  if (guidance === undefined) return body
  const block = /^\s*<div class="overt-heading">.*?<\/div>/s.exec(body.text)?.[0] ?? ''
  return block === ''
    ? html`${body}${guidance}`
    : html`${trusted(block)}${guidance}${trusted(body.text.slice(block.length))}`
}

/** What was just done, said once. `alert` makes a screen reader say it first. */
const flash = (words: string): Html =>
  html`<div class="overt-flash" role="alert">${stateShape('lawful')}<p class="overt-flash__words">${words}</p></div>`

function head(frame: Frame): Html {
  const { view, nav, notices } = frame
  const person = view.person
  return html`<header class="overt-head">
<div class="govuk-width-container overt-head__row">
<a class="overt-head__home" href="/">${mark}<span class="overt-head__name">Overt</span></a>
${
  person
    ? html`<div class="overt-head__person"><a class="overt-head__who" href="/account"><span class="govuk-visually-hidden">Signed in as </span>${person.name}</a>
<form method="post" action="/sign-out" class="overt-head__out">${view.csrfField}<button type="submit" class="overt-head__button">Sign out</button></form></div>`
    : null
}
</div>
${
  person && nav.length > 0
    ? serviceNavigation({
        label: 'Main',
        items: nav.map((item) => ({ ...item, current: isCurrent(view.path, item.href) })),
      })
    : null
}
</header>
${notices.length > 0 ? html`<div class="overt-notices" role="region" aria-label="Notices"><div class="govuk-width-container">${notices.map((notice) => html`<div class="overt-notices__one">${notice}</div>`)}</div></div>` : null}`
}
