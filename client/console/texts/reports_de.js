/** The texts of reports, and of what else is drawn, in German. */

/** @import { ReportTexts } from "./reports.js" */

const n = (/** @type {number} */ value) => value.toLocaleString("de");

/** @type {ReportTexts} */
export const texts = {
  title: "Berichte",
  views: { timeline: "Zeitstrahl", time: "Zeit je Status", coverage: "Besetzung" },
  view: "Bericht",
  range: "Zeitraum",
  ranges: {
    ...{ today: "Heute", yesterday: "Gestern", week: "Diese Woche", "last-week": "Letzte Woche", month: "Dieser Monat" },
    ...{ "last-month": "Letzter Monat", days: "Andere Tage" },
  },
  day: "Anderer Tag",
  date: "Tag",
  earlier: "Tag davor",
  later: "Tag danach",
  tooLong: (days) => `Wählen Sie höchstens ${days} Tage.`,
  bars: "Balken",
  by: { person: "Je Person", day: "Je Tag" },
  look: "Darstellung",
  looks: { picture: "Bild", table: "Tabelle" },
  zone: (zone) => `Tage und Zeiten in ${zone}`,
  zoneUnknown: (zone) => `Dieser Browser kennt die Zeitzone ${zone} nicht. Tage und Zeiten sind die von UTC.`,
  soFar: (time) => `bisher, Stand ${time}`,
  people: (value) => `${n(value)} ${value === 1 ? "Person" : "Personen"}`,
  reading: "Wird gelesen …",
  cut: (most) => `Es sind mehr als ${n(most)} Personen. Wählen Sie ein Team, um alles zu sehen.`,
  kinds: { ELSEWHERE: "Anderes Team", UNKNOWN: "Unbekannt" },
  reasons: { unseen: "noch nicht gesehen", dropped: "nicht mehr aufbewahrt", erased: "seitdem gelöscht" },
  unseenOrErased: "noch nicht gesehen, oder seitdem gelöscht",
  keptSince: (time) => `Was vor dem ${time} war, wird nicht mehr aufbewahrt.`,
  nobody: "Über diesen Zeitraum ist nichts bekannt.",
  nobodyHint:
    "Bis dahin war niemand gesehen worden, oder die Aufzeichnungen werden nicht mehr aufbewahrt. Ein Zeitstrahl braucht den Verlauf, Zeiten brauchen die Tagessummen.",
  person: "Person",
  from: "Von",
  to: "Bis",
  status: "Status",
  why: "Grund",
  length: "Dauer",
  causes: "Nach Grund",
  team: "Team",
  time: "Zeit",
  connected: (time) => `verbunden ${time}`,
  engaged: (time) => `in Gesprächen ${time}`,
  noCause: "anderer",
  together: "Alle zusammen",
  dayOf: (who) => `Der Tag von ${who}`,
  openPerson: "Seite der Person öffnen",
  most: (count, time) => `Die meisten Personen Online: ${count}, um ${time}`,
  nobodyOnline: "Niemand war Online.",
  at: (time, counts) => `${time}: ${counts}`,
  counted: (status, count) => `${status} ${n(count)}`,
  curve: "Wie viele Personen in jedem Status waren",
  curveHint: "Zeigen Sie auf das Bild oder drücken Sie die Pfeiltasten, um die Zahlen zu lesen.",
  timeZone: {
    title: "Zeitzone des Kontos",
    label: "Zeitzone",
    hint: "In ihr beginnen und enden die Tage in Berichten. Ihr Name ist wie Europe/Berlin; ohne einen ist es UTC.",
    later: "Tage, die schon zusammengezählt sind, bleiben, wie sie sind.",
    save: "Zeitzone speichern",
    saved: "Gespeichert.",
    unknown: "Das ist nicht der Name einer Zeitzone, wie Europe/Berlin.",
  },
  whatIf: {
    against: "Vergleichen mit",
    againstChoices: { inForce: "den geltenden Fristen", other: "anderen Fristen", none: "nichts" },
    others: "Fristen zum Vergleich",
    otherTitle: "Was die anderen Fristen bewirkt hätten",
    coverage: "Personen in jedem Status",
    compared: (mine, theirs, share, less, one, other) =>
      `Mit ${mine} statt ${theirs}: ${
        less === 0 ? "gleich viele falsche Abwesend" : `${share} ${less > 0 ? "weniger" : "mehr"} falsche Abwesend`
      } (${n(one)} statt ${n(other)}).`,
    comparedOnline: (share, isLess) => `Personen wären ${share} ${isLess ? "kürzer" : "länger"} Online gewesen.`,
    falseAway: "Falsch ist ein Abwesend, nach dem die Person binnen 1 min aktiv war.",
    never: "keinem Abwesend",
  },
};
