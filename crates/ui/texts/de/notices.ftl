notice-created-you = Du hast „{ $title }“ erstellt
notice-created = { $by } hat „{ $title }“ erstellt
notice-added-you = Du hast { $whom } hinzugefügt
notice-added-me = { $by } hat dich hinzugefügt
notice-added = { $by } hat { $whom } hinzugefügt
notice-removed-you = Du hast { $whom } entfernt
notice-removed-me = { $by } hat dich entfernt
notice-removed = { $by } hat { $whom } entfernt
notice-left-you = Du bist gegangen
notice-left = { $by } ist gegangen
notice-title-you = Du hast den Namen in „{ $title }“ geändert
notice-title = { $by } hat den Namen in „{ $title }“ geändert
notice-description-you = Du hast die Beschreibung geändert
notice-description = { $by } hat die Beschreibung geändert
notice-policy-you = Du hast geändert, wer was darf
notice-policy = { $by } hat geändert, wer was darf
notice-role-you = { $whom } ist jetzt durch dich { $role ->
    [owner] Besitzer
    [admin] Admin
   *[other] Mitglied
}
notice-role-me = Du bist jetzt durch { $by } { $role ->
    [owner] Besitzer
    [admin] Admin
   *[other] Mitglied
}
notice-role = { $whom } ist jetzt durch { $by } { $role ->
    [owner] Besitzer
    [admin] Admin
   *[other] Mitglied
}
notice-device-you = Du benutzt ein neues Gerät
notice-device = { $by } benutzt ein neues Gerät
notice-restored-you = Du hast dein Konto auf einem neuen Gerät wiederhergestellt
notice-restored = { $by } hat das Konto auf einem neuen Gerät wiederhergestellt
notice-restored-here = Du hast diesen Chat aus der Sicherung vom { $day } wiederhergestellt. Nachrichten seitdem können fehlen.
notice-gap = Einige Nachrichten konnten auf diesem Gerät nicht empfangen werden
notice-parted = Der Server hielt dieses Gerät von den anderen in diesem Chat getrennt. Sie sind wieder beisammen.
notice-refused = { $by } hat etwas versucht, das nicht erlaubt ist. Es wurde abgelehnt.
