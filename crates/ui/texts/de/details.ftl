back-to-chat = Zurück zum Chat
wallpaper = Hintergrund
wallpaper-as-all = Wie in allen Chats
wallpaper-arches = Bögen
wallpaper-terrazzo = Terrazzo
wallpaper-tiles = Kacheln
wallpaper-fern = Farn
wallpaper-rain = Regen
wallpaper-plain = Schlicht
leave = Verlassen
leave-group = Gruppe verlassen
leave-title = { $name } verlassen?
leave-text = Was danach gesagt wird, bekommst du auf keinem deiner Geräte. Was gesagt wurde, bleibt bei dir.
block = Blockieren
unblock = Nicht mehr blockieren
block-title = { $name } blockieren?
block-text = Nachrichten von dort erreichen dich nicht mehr. Gesagt wird es niemandem.
safety-number = Sicherheitsnummer
safety-is-compared = Verglichen
safety-not-compared = Noch nicht verglichen
safety-with = Sicherheitsnummer mit { $name }
safety-text = Vergleiche sie mit dem, was { $name } sieht, persönlich oder am Telefon. Sind beide gleich, ist niemand dazwischen.
safety-code = QR-Code mit der Sicherheitsnummer
safety-match = Sie sind gleich
members = Mitglieder
member-count = { $count ->
    [one] Ein Mitglied
   *[other] { $count } Mitglieder
}
member-menu = Aktionen für { $name }
add-members = Leute hinzufügen
add = Hinzufügen
rename-group = Name und Beschreibung
group-description = Beschreibung
role-owner = Eigentümer
role-admin = Admin
make-admin = Zum Admin machen
make-member = Adminrolle nehmen
remove-member = Aus der Gruppe entfernen
# Der Einladungslink.
join-link = Einladungslink
join-none = Mit einem Link können Leute darum bitten, dabei zu sein. Du entscheidest, wer hereinkommt.
join-make = Link erstellen
join-text = Gib ihn Leuten, die du hier haben möchtest. Wer ihn hat, kann um Einlass bitten.
join-code = QR-Code mit dem Einladungslink
join-approve = Vor dem Einlass fragen
join-approve-text = Jemand, der Leute hinzufügen darf, muss zustimmen
join-reset = Neuen Link erstellen
join-reset-text = Der alte führt dann nirgendwohin
join-revoke = Link zurücknehmen
join-asks = { $count ->
    [one] Eine Person möchte beitreten
   *[other] { $count } Personen möchten beitreten
}
join-let-in = Einlassen
join-accept = Einlassen: { $name }
join-decline = { $name } nicht einlassen
