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
leave-title = „{ $name }“ verlassen?
leave-text = Was danach geschrieben wird, bekommst du auf keinem deiner Geräte. Was bis dahin geschrieben wurde, bleibt bei dir.
block = Blockieren
unblock = Blockierung aufheben
block-title = { $name } blockieren?
block-text = Nachrichten dieser Person erreichen dich nicht mehr. Sie erfährt nichts davon.
safety-number = Sicherheitsnummer
safety-is-compared = Verglichen
safety-not-compared = Noch nicht verglichen
safety-with = Sicherheitsnummer mit { $name }
safety-text = Vergleiche sie mit der Nummer, die { $name } sieht, persönlich oder bei einem Anruf. Sind beide gleich, ist niemand dazwischen.
safety-code = QR-Code mit der Sicherheitsnummer
safety-match = Sie stimmen überein
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
make-member = Adminrolle entziehen
remove-member = Aus der Gruppe entfernen
# Der Einladungslink.
join-link = Einladungslink
join-none = Mit einem Link können Leute den Beitritt anfragen. Du entscheidest, wer hereinkommt.
join-make = Link erstellen
join-text = Gib ihn Leuten, die du hier haben möchtest. Wer ihn hat, kann den Beitritt anfragen.
join-code = QR-Code mit dem Einladungslink
join-approve = Vor dem Beitritt fragen
join-approve-text = Jemand, der Leute hinzufügen darf, muss zustimmen
join-reset = Neuen Link erstellen
join-reset-text = Der alte funktioniert dann nicht mehr
join-revoke = Link zurückziehen
join-asks = { $count ->
    [one] Eine Person möchte beitreten
   *[other] { $count } Personen möchten beitreten
}
join-let-in = Hereinlassen
join-accept = Hereinlassen: { $name }
join-decline = { $name } nicht hereinlassen
