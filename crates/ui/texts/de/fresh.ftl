new-address = Benutzername oder Link
new-address-hint = So, wie du ihn bekommen hast: ein Benutzername wie ines oder ein Link.
new-nobody = Diese Adresse hat auf deinem Server niemand. Sie muss genau stimmen: Vergleiche sie Zeichen für Zeichen.
new-begin = Chat beginnen
new-own-link = Dein Link
new-own-code = QR-Code mit deinem Link
new-own-link-text = Wer ihn hat, kann dir schreiben. Du wirst gefragt, bevor jemand sieht, dass du liest.
new-known = Mit wem du schreibst
group-title = Name der Gruppe
group-title-hint = Ihn sehen nur Mitglieder.
group-people = Mitglieder
group-nobody = Du kennst hier noch niemanden. Beginne erst einen Chat; Mitglieder kommen auch später dazu.
group-make = { $count ->
    [0] Gruppe anlegen
    [one] Gruppe mit einer Person anlegen
   *[other] Gruppe mit { $count } Personen anlegen
}
