/** What follows from a language's code (BCP 47). */

/** From which side it is written: Arabic, Persian, Urdu and others from the right. */
export const direction = (language: string): 'rtl' | 'ltr' =>
  /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(language) ? 'rtl' : 'ltr'
