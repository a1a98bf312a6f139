/** The policy pages: every clause in plain words, what the pack sets for it, and what the document leaves open. */
import { z } from 'zod'
import { Failure } from '#base/base.ts'
import { clauseLabel, type Pack, type Setting, settings } from '#policy/policy.ts'
import { components, type Html, html, marks, type Page, type Route, route } from '#web/web.ts'
import type { Provider, Providers } from './open.ts'

export type ProvidersDeps = { readonly providers: Providers }

const shows = { none: 'it shows published rules and nothing about a person' }

const oneProvider = z.object({
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/),
  version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
})

export function providersRoutes({ providers }: ProvidersDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/policy',
      permission: 'policy.read',
      ledger: shows,
      api: { summary: 'The landlords of this installation and the policy versions they adopted' },
      async handler() {
        const list = providers.list()
        return { data: list.map(providerData), page: () => listPage(list, providers) }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider',
      permission: 'policy.read',
      ledger: shows,
      input: oneProvider,
      api: { summary: 'One landlord’s policy: every clause, and what the pack sets' },
      async handler({ input }) {
        const provider = providers.find(input.provider)
        if (provider === null) return { notFound: 'No landlord of that name has adopted a policy here.' }
        const pack = packOr(providers, provider, input.version)
        if (pack === null) return { notFound: 'That landlord never adopted this version.' }
        return { data: packData(provider, pack), page: () => policyPage(provider, pack) }
      },
    }),
  ]
}

function packOr(providers: Providers, provider: Provider, version: string | undefined): Pack | null {
  try {
    return providers.packOf(provider.slug, version === undefined ? {} : { version })
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return null
    throw error
  }
}

const providerData = ({ slug, name, versions }: Provider) => ({
  slug,
  name,
  versions: versions.map(({ version, fromDay, reference, title, hash }) => ({
    version,
    fromDay,
    reference,
    title,
    hash,
  })),
})

const packData = (provider: Provider, pack: Pack) => ({
  ...providerData(provider),
  version: pack.version,
  reference: pack.reference,
  title: pack.title,
  sections: pack.sections,
  clauses: [...pack.clauses.values()],
  settings: settings(pack),
})

function listPage(list: readonly Provider[], providers: Providers): Page {
  return {
    title: 'Policy',
    body: html`${marks.heading({
      title: 'Policy',
      lead: 'Overt allows what the landlord’s own published policy allows. Here is each one, rule by rule.',
    })}${components.table({
      caption: 'Landlords and their policies',
      captionHidden: true,
      columns: [
        { text: 'Landlord' },
        { text: 'Document' },
        { text: 'In effect here since' },
        { text: 'Rules', numeric: true },
      ],
      rows: list.map((provider) => {
        const pack = packOr(providers, provider, undefined)
        const adopted = provider.versions.find((v) => v.version === pack?.version)
        return [
          marks.link(`/policy/${provider.slug}`, provider.name),
          pack === null ? 'none in effect yet' : `${pack.title}, ${pack.reference}`,
          adopted?.fromDay ?? '–',
          pack === null ? '0' : String(pack.clauses.size),
        ]
      }),
      empty: marks.paragraph(
        'No landlord has adopted a policy yet. The first administrator chooses one during set-up.',
      ),
    })}`,
  }
}

function policyPage(provider: Provider, pack: Pack): Page {
  const all = settings(pack)
  const byClause = Map.groupBy(
    all.filter((s) => s.clause !== null),
    (s) => s.clause as string,
  )
  const refusals = Map.groupBy(
    [...pack.rules.values()].filter((r) => r.effect === 'forbid' && r.clause !== null),
    (r) => r.clause as string,
  )
  const open = all.filter((s) => s.clause === null)
  return {
    title: `${provider.name}: policy`,
    back: { href: '/policy', text: 'All policies' },
    wide: true,
    body: html`${marks.heading({
      title: pack.title,
      caption: provider.name,
      lead: `Every rule of the document in plain words (${pack.clauses.size}), and what Overt sets because of it. Where the document leaves something open, Overt says so and tells what it does meanwhile (${open.length}).`,
    })}${about(provider, pack)}${contents(pack)}${pack.sections.map((section) => {
      const mine = [...pack.clauses.values()].filter((c) => c.section === section.code)
      return html`<section aria-labelledby="section-${section.code}">${marks.h2(section.title, `section-${section.code}`)}${mine.map(
        (clause) => html`<article class="overt-rule" id="${clause.id}">
<p class="govuk-body">${marks.clause(clauseLabel(pack, clause.id))} ${clause.text}</p>
${clause.note ? html`<p class="govuk-body-s overt-muted"><strong>Note:</strong> ${clause.note}</p>` : null}
${sets(
  byClause.get(clause.id) ?? [],
  (refusals.get(clause.id) ?? []).map((r) => r.message),
)}</article>`,
      )}</section>`
    })}${marks.h2('Where the policy does not say', 'silent')}${silences(open)}`,
  }
}

function about(provider: Provider, pack: Pack): Html {
  const adopted = provider.versions.find((v) => v.version === pack.version)
  const { document } = pack.values
  return components.summaryList({
    rows: [
      { key: 'Reference', value: pack.reference },
      {
        key: 'Version',
        value: `of ${pack.version}${document.effective.silent ? ' (the document gives no day of effect)' : ''}`,
      },
      { key: 'Decides here since', value: adopted?.fromDay ?? 'not yet' },
      { key: 'Next review', value: document.nextReview.value },
      ...(provider.versions.length > 1
        ? [
            {
              key: 'Versions',
              value: marks.bullets(
                provider.versions.map((v) =>
                  marks.link(
                    `/policy/${provider.slug}?version=${v.version}`,
                    `${v.version}, from ${v.fromDay}`,
                  ),
                ),
              ),
            },
          ]
        : []),
    ],
  })
}

const contents = (pack: Pack): Html =>
  html`<nav aria-label="Parts of the policy">${marks.bullets([
    ...pack.sections.map((s) => marks.link(`#section-${s.code}`, s.title)),
    marks.link('#silent', 'Where the policy does not say'),
  ])}</nav>`

function sets(settings: readonly Setting[], refusals: readonly string[]): Html | null {
  if (settings.length === 0 && refusals.length === 0) return null
  return html`<ul class="govuk-list govuk-list--bullet govuk-body-s">${settings.map(
    (s) =>
      html`<li>${s.label}: <strong>${s.words}</strong>${s.why ? html` <span class="overt-muted">${s.why}</span>` : null}</li>`,
  )}${refusals.map((message) => html`<li>Refused otherwise: ${message}</li>`)}</ul>`
}

function silences(open: readonly Setting[]): Html {
  if (open.length === 0) return marks.paragraph('The document answers everything that Overt asks.')
  return html`${marks.paragraph('The landlord can decide each of these in a new version of the pack.')}${open.map(
    (s) => html`<h3 class="govuk-heading-s">${s.label}</h3>${marks.silent({ uses: s.words, why: s.why })}`,
  )}`
}
