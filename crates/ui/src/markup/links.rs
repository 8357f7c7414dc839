//! Addresses of the web in a text. Only `http`, `https` and what begins with `www.`: everything else stays text.

/// Stretches of a text that are addresses: where they begin and end, in characters, and where they lead.
pub fn find(text: &str) -> Vec<(usize, usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let begins = at == 0 || chars.get(at - 1).is_some_and(|c| !c.is_alphanumeric());
        let starts = |prefix: &str| {
            let rest = chars.get(at..).unwrap_or_default();
            prefix.chars().zip(rest).filter(|(wanted, c)| c.eq_ignore_ascii_case(wanted)).count()
                == prefix.len()
        };
        let prefix =
            ["https://", "http://", "www."].into_iter().find(|prefix| begins && starts(prefix));
        let Some(prefix) = prefix else {
            at += 1;
            continue;
        };
        let end = end(&chars, at);
        let host = at + if prefix == "www." { 0 } else { prefix.len() };
        if end > host
            && chars.get(host..end).is_some_and(|rest| rest.contains(&'.') || prefix != "www.")
        {
            let address: String = chars.get(at..end).unwrap_or_default().iter().collect();
            let target = if prefix == "www." { format!("https://{address}") } else { address };
            found.push((at, end, target));
        }
        at = end.max(at + 1);
    }
    found
}

/// Where an address ends: before white space, and before punctuation that belongs to the sentence.
fn end(chars: &[char], start: usize) -> usize {
    let inside =
        |c: &char| !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '\u{2068}' | '\u{2069}');
    let length = chars.get(start..).unwrap_or_default().iter().take_while(|c| inside(c)).count();
    let mut end = start + length;
    while let Some(last) =
        end.checked_sub(1).filter(|last| *last > start).and_then(|last| chars.get(last))
    {
        let open = |bracket: char| {
            chars.get(start..end).unwrap_or_default().iter().filter(|c| **c == bracket).count()
        };
        let drop = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '’' | '”' | '*' | '_' => true,
            ')' => open(')') > open('('),
            ']' => open(']') > open('['),
            _ => false,
        };
        if !drop {
            break;
        }
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("see https://a.example/x?y=1.", vec!["https://a.example/x?y=1"]),
            ("(www.a.example)", vec!["https://www.a.example"]),
            (
                "https://a.example/w_(x) and HTTP://b.example,",
                vec!["https://a.example/w_(x)", "HTTP://b.example"],
            ),
            ("ahttp://b javascript:alert(1) a.example", vec![]),
            ("https://", vec![]),
        ] {
            let found: Vec<String> = find(text).into_iter().map(|(_, _, target)| target).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
