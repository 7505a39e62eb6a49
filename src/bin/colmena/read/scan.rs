//! JSON as Python writes it, passed over quickly: the members of an object as they stand in the line, without building anything.
//!
//! Only what a report looks at is decoded; bare `NaN` and infinities pass. Nothing recurses, so that no nesting is too deep.

use colmena::wire::Serialization;

/// This is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// Calls `each` with the key and the value of each member of an object; keys are as they stand between their quotes.
///
/// # Errors
/// [`Broken`], perhaps after some calls.
pub(crate) fn members<'a>(object: &'a [u8], mut each: impl FnMut(&'a [u8], &'a [u8])) -> Result<(), Broken> {
    let mut cursor = Cursor { text: object, at: 0 };
    cursor.list(b'{', b'}', |cursor| {
        let key = cursor.string()?;
        cursor.take(b':')?;
        each(key, cursor.value()?);
        Ok(())
    })
}

/// What stands at a place in a value: keys of objects, numbers of items in lists.
pub(crate) fn find<'a, 'p>(value: &'a [u8], path: impl IntoIterator<Item = &'p str>) -> Option<&'a [u8]> {
    path.into_iter().try_fold(value, step)
}

fn step<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut found = None;
    match value.first()? {
        b'{' => members(value, |key, value| {
            if key == name.as_bytes() {
                found = Some(value);
            }
        })
        .ok()?,
        b'[' => {
            let (wanted, mut n) = (name.parse::<usize>().ok()?, 0);
            let mut cursor = Cursor { text: value, at: 0 };
            let items = cursor.list(b'[', b']', |cursor| {
                let item = cursor.value()?;
                if n == wanted {
                    found = Some(item);
                }
                n += 1;
                Ok(())
            });
            items.ok()?;
        }
        _ => {}
    }
    found
}

/// A finite number.
pub(crate) fn number(value: &[u8]) -> Option<f64> {
    std::str::from_utf8(value).ok()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A text.
pub(crate) fn text(value: &[u8]) -> Option<String> {
    if !value.starts_with(b"\"") {
        return None;
    }
    Serialization::Json.decode(std::str::from_utf8(value).ok()?).ok()
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// All of the text must be this list.
    fn list(
        &mut self,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.take(open)?;
        if self.peek() != Some(close) {
            item(self)?;
            while self.peek() == Some(b',') {
                self.at += 1;
                self.peek();
                item(self)?;
            }
        }
        self.take(close)?;
        if self.peek().is_none() { Ok(()) } else { Err(Broken) }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += space;
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() != Some(byte) {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self) -> Result<&'a [u8], Broken> {
        let first = self.peek().ok_or(Broken)?;
        let start = self.at;
        match first {
            b'"' => _ = self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => {
                let rest = &self.text[start..];
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        if self.at == start { Err(Broken) } else { Ok(&self.text[start..self.at]) }
    }

    /// What stands between quotes.
    fn string(&mut self) -> Result<&'a [u8], Broken> {
        if self.text.get(self.at) != Some(&b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let start = self.at;
        loop {
            let rest = self.text.get(self.at..).ok_or(Broken)?;
            let next = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).ok_or(Broken)?;
            self.at += next + 1;
            if rest[next] == b'"' {
                return Ok(&self.text[start..self.at - 1]);
            }
            self.at += 1;
        }
    }

    fn nested(&mut self) -> Result<(), Broken> {
        let mut depth = 0_usize;
        loop {
            match self.text.get(self.at).ok_or(Broken)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(object: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
        members(object.as_bytes(), |key, value| found.push((lossy(key), lossy(value)))).ok()?;
        Some(found)
    }

    #[test]
    fn members_are_as_they_stand() {
        let found = of(r#" {"a": [1, "]\"", {}], "b":NaN , "c": "x\\" } "#).unwrap();
        let found: Vec<_> = found.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(found, [("a", r#"[1, "]\"", {}]"#), ("b", "NaN"), ("c", r#""x\\""#)]);
        assert_eq!(of("{}"), Some(Vec::new()));
    }

    #[test]
    fn what_is_cut_is_broken() {
        let whole = r#"{"a": [1, {"b": "c\\"}], "d": {}}"#;
        for end in 0..whole.len() {
            assert_eq!(of(&whole[..end]), None, "{end}");
        }
        for broken in ["[1]", "{} {}", "{\"a\" 1}", "{\"a\": }", "{1: 2}", "{\"a\": 1,}", "nul"] {
            assert_eq!(of(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_path_leads_into_lists_and_objects() {
        let value = br#"{"energy": [{"ev": -1.5}, Infinity]}"#;
        assert_eq!(find(value, ["energy", "0", "ev"]).and_then(number), Some(-1.5));
        assert_eq!(find(value, ["energy", "1"]).and_then(number), None);
        assert_eq!(find(value, ["energy", "2"]), None);
        assert_eq!(text(br#""\u00e9\n""#).as_deref(), Some("é\n"));
    }
}
