//! Fields as mail writes them everywhere: `Name: value`, a value going on in lines that begin with white space.

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name, in lower case.
    pub name: String,
    /// Its value on one line.
    pub value: String,
}

/// Values longer than this are an attack.
const LONGEST: usize = 16 * 1024;

/// The head and the body of an entity; the empty line between them belongs to neither. Where that line is missing, the text
/// begins with the first line behind which no field comes.
pub(super) fn split(entity: &[u8]) -> (&[u8], &[u8]) {
    let (mut at, mut end) = (0, 0);
    for line in entity.split_inclusive(|b| *b == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        at += line.len();
        if is_field(line) {
            end = at;
        }
    }
    let body = &entity[end..];
    let empty_line = body.iter().position(|b| *b == b'\n').filter(|line| body[..*line].trim_ascii().is_empty());
    (&entity[..end], empty_line.map_or(body, |line| &body[line + 1..]))
}

/// Whether a line is a field, or goes on with one.
fn is_field(line: &[u8]) -> bool {
    let name = line.iter().position(|b| *b == b':').map_or(&[][..], |colon| &line[..colon]);
    let is_name = !name.is_empty() && name.trim_ascii_end().iter().all(u8::is_ascii_graphic);
    is_name || line.starts_with(b" ") || line.starts_with(b"\t")
}

/// The fields of a head; lines that are none are passed over.
pub(crate) fn fields(head: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(last) = fields.last_mut().filter(|last| last.value.len() < LONGEST) {
                last.value.push(' ');
                last.value.push_str(line.trim());
            }
            continue;
        }
        if let Some((name, value)) = line.split_once(':')
            && !name.trim().is_empty()
            && !name.trim_end().contains(char::is_whitespace)
        {
            fields.push(Field { name: name.trim().to_lowercase(), value: value.trim().to_owned() });
        }
    }
    fields
}

/// The blocks of fields that empty lines part.
pub(crate) fn blocks(text: &str) -> Vec<Vec<Field>> {
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        match blocks.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                last.push_str(line);
                last.push('\n');
            }
            _ => blocks.push(String::new()),
        }
    }
    blocks.iter().map(|block| fields(block)).filter(|fields| !fields.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_goes_on_in_indented_lines_and_noise_is_passed_over() {
        let found = fields("Status: 5.1.1\r\nnoise\r\nDiagnostic-Code: smtp; 550\r\n\tuser unknown\r\n: none\r\n");
        let found: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.value.as_str())).collect();
        assert_eq!(found, [("status", "5.1.1"), ("diagnostic-code", "smtp; 550 user unknown")]);
    }

    #[test]
    fn a_text_whose_empty_line_is_missing_begins_behind_the_last_field() {
        let parts = |entity: &str| {
            let (head, body) = split(entity.as_bytes());
            (String::from_utf8_lossy(head).into_owned(), String::from_utf8_lossy(body).into_owned())
        };
        assert_eq!(parts("a: 1\nb: 2\n\ntext\n"), ("a: 1\nb: 2\n".into(), "text\n".into()));
        assert_eq!(
            parts("a: 1\nI have left.\nThanks.\n\nmore"),
            ("a: 1\n".into(), "I have left.\nThanks.\n\nmore".into())
        );
        assert_eq!(parts("a: 1\nnoise\nb: 2\n\ntext"), ("a: 1\nnoise\nb: 2\n".into(), "text".into()));
        assert_eq!(parts("a: 1"), ("a: 1".into(), String::new()));
    }

    #[test]
    fn empty_lines_part_blocks_however_many_they_are() {
        assert_eq!(blocks("a: 1\n\n\n b\n\nc: 2\nd: 3").iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }
}
