/** What follows from a language's code (BCP 47). */

/** From which side it is written: Arabic, Persian, Urdu and others from the right. */
export const direction = (language: string): 'rtl' | 'ltr' =>
  /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(language) ? 'rtl' : 'ltr'

const names = new Intl.DisplayNames(['en-GB'], { type: 'language', fallback: 'none' })

/** "Polish" for `pl`; the code where nobody has a name for it. */
export const languageName = (code: string): string => names.of(code) ?? code

/** Is it the code of a language that has a name? `po` is not, and no letter would ever be made for it. */
export const isLanguage = (code: string): boolean => names.of(code) !== undefined
