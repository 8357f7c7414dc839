new-address = Kürzel oder Link
new-address-hint = Wie man es dir gesagt hat: ein Kürzel wie ines oder ein Link.
new-nobody = Diese Adresse hat auf deinem Server niemand. Kürzel sind genau: Vergleiche Zeichen für Zeichen.
new-begin = Chat beginnen
new-own-link = Dein Link
new-own-code = QR-Code mit deinem Link
new-own-link-text = Wer ihn hat, kann dir schreiben. Du wirst gefragt, bevor jemand sieht, dass du liest.
new-known = Leute, mit denen du sprichst
group-title = Name der Gruppe
group-title-hint = Nur Mitglieder sehen ihn.
group-people = Mitglieder
group-nobody = Du kennst noch niemanden. Beginne zuerst einen Chat; Mitglieder kann man auch später hinzufügen.
group-make = { $count ->
    [0] Gruppe anlegen
    [one] Gruppe mit einer Person anlegen
   *[other] Gruppe mit { $count } Personen anlegen
}
