new-address = Benutzername oder Link
new-address-hint = So, wie du ihn bekommen hast: ein Benutzername wie ines oder ein Link.
new-nobody = Auf deinem Server hat niemand diese Adresse. Benutzernamen müssen genau stimmen: Vergleiche Zeichen für Zeichen.
new-begin = Chat beginnen
new-own-link = Dein Link
new-own-code = QR-Code mit deinem Link
new-own-link-text = Wer ihn hat, kann dir schreiben. Du wirst gefragt, bevor jemand sieht, dass du liest.
new-known = Leute, mit denen du schreibst
group-title = Name der Gruppe
group-title-hint = Den sehen nur Mitglieder.
group-people = Mitglieder
group-nobody = Du kennst hier noch niemanden. Beginne erst einen Chat; Mitglieder kannst du auch später hinzufügen.
group-make = { $count ->
    [0] Gruppe erstellen
    [one] Gruppe mit einer Person erstellen
   *[other] Gruppe mit { $count } Personen erstellen
}
