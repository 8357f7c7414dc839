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
unblock = Freigeben
block-title = { $name } blockieren?
block-text = Nachrichten von dort erreichen dich nicht mehr. Gesagt wird es niemandem.
safety-number = Sicherheitsnummer
safety-is-compared = Verglichen
safety-not-compared = Noch nicht verglichen
safety-with = Sicherheitsnummer mit { $name }
safety-text = Vergleiche sie mit dem, was { $name } sieht, beim Treffen oder am Telefon. Ist beides gleich, steht niemand dazwischen.
safety-code = QR-Code mit der Sicherheitsnummer
safety-match = Sie stimmen überein
members = Mitglieder
member-count = { $count ->
    [one] Ein Mitglied
   *[other] { $count } Mitglieder
}
member-menu = Was mit { $name } geht
add-members = Leute hinzufügen
add = Hinzufügen
rename-group = Name und Beschreibung
group-description = Beschreibung
role-owner = Besitz
role-admin = Admin
make-admin = Zum Admin machen
make-member = Admin-Rolle nehmen
remove-member = Aus der Gruppe entfernen
