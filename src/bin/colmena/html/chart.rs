//! One chart: a frame with axes, ticks and units, into which curves are drawn. All as text of SVG.

use std::fmt::Write as _;

/// In the units of the drawing, which is stretched to the width of the page.
pub(super) const WIDTH: f64 = 860.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 40.0;

/// What one direction stands for.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    /// What it is, with its unit.
    pub(super) label: String,
    /// Where ticks are, and what is written there.
    pub(super) ticks: Vec<(f64, String)>,
}

pub(super) struct Chart {
    x: Axis,
    y: Axis,
    height: f64,
    title: String,
    body: String,
}

impl Axis {
    /// From zero, or from `from` to `to`, with round numbers as ticks.
    pub(super) fn linear(from: f64, to: f64, label: &str) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        let step = step(to - from, 8.0);
        let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let first = (from / step).ceil() as i64;
        let values = (first..first + 16).map(|i| i as f64 * step).take_while(|tick| *tick <= to + step * 1e-6);
        let shown = |tick: f64| match tick.abs() {
            large if large >= 1e7 => format!("{tick:e}"),
            _ => format!("{tick:.decimals$}"),
        };
        let ticks = values.map(|tick| (tick, shown(tick))).collect();
        Self { from, to, label: label.to_owned(), ticks }
    }

    /// Counts: ticks are whole numbers.
    pub(super) fn counts(to: f64, label: &str) -> Self {
        let mut axis = Self::linear(0.0, to.max(1.0), label);
        axis.ticks.retain(|(tick, _)| tick.fract() == 0.0);
        axis.ticks.iter_mut().for_each(|(tick, text)| *text = format!("{tick:.0}"));
        axis
    }

    /// Time from the start of a run; positions are in seconds.
    pub(super) fn time(seconds: f64) -> Self {
        let (unit, name) = match seconds {
            short if short < 1e-3 => (1e-6, "us"),
            short if short < 1.0 => (1e-3, "ms"),
            some if some < 600.0 => (1.0, "s"),
            long if long < 36_000.0 => (60.0, "min"),
            _ => (3600.0, "h"),
        };
        let mut axis = Self::linear(0.0, seconds / unit, &format!("time since the start, {name}"));
        axis.to *= unit;
        axis.ticks.iter_mut().for_each(|(tick, _)| *tick *= unit);
        axis
    }

    /// Durations by their magnitude; positions are logarithms of seconds.
    pub(super) fn durations(from: f64, to: f64) -> Self {
        const NAMES: [&str; 15] = [
            "1 ns", "10 ns", "100 ns", "1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s",
            "1000 s", "10⁴ s", "10⁵ s",
        ];
        let (from, to) = (from.log10(), to.log10());
        let tick = |(i, name): (i32, &&str)| (f64::from(i), (*name).to_owned());
        let ticks = (-9..).zip(&NAMES).map(tick).filter(|(at, _)| (from - 1e-9..=to + 1e-9).contains(at)).collect();
        Self { from, to, label: "duration, on a logarithmic scale".to_owned(), ticks }
    }

    fn part(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(-0.1, 1.1)
    }
}

/// A round step of which some `n` make up a length.
fn step(length: f64, n: f64) -> f64 {
    let raw = length / n;
    let ten = 10_f64.powf(raw.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| round * ten >= raw * 0.999);
    round.unwrap_or(10.0) * ten
}

impl Chart {
    /// `title` is what a screen reader says.
    pub(super) fn new(title: &str, x: Axis, y: Axis, inner_height: f64) -> Self {
        let mut chart =
            Self { x, y, height: inner_height + TOP + BOTTOM, title: title.to_owned(), body: String::new() };
        chart.grid();
        chart
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + self.x.part(value) * (WIDTH - LEFT - RIGHT)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom() - self.y.part(value) * (self.bottom() - TOP)
    }

    pub(super) fn inner_width() -> f64 {
        WIDTH - LEFT - RIGHT
    }

    fn bottom(&self) -> f64 {
        self.height - BOTTOM
    }

    fn grid(&mut self) {
        let (x, y) = (self.x.clone(), self.y.clone());
        for (tick, text) in &y.ticks {
            let at = self.y(*tick);
            let _ = write!(self.body, "<path class=grid d=\"M{LEFT} {at:.1}H{}\"/>", WIDTH - RIGHT);
            let _ =
                write!(self.body, "<text x={} y={:.1} text-anchor=end>{}</text>", LEFT - 7.0, at + 4.0, escaped(text));
        }
        for (tick, text) in &x.ticks {
            let (at, under) = (self.x(*tick), self.bottom());
            let _ = write!(self.body, "<path class=axis d=\"M{at:.1} {under:.1}v4\"/>");
            let _ =
                write!(self.body, "<text x={at:.1} y={:.1} text-anchor=middle>{}</text>", under + 17.0, escaped(text));
        }
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        let _ = write!(
            self.body,
            "<text x={middle} y={:.1} text-anchor=middle>{}</text>",
            self.height - 5.0,
            escaped(&x.label)
        );
        let at = TOP + (self.bottom() - TOP) / 2.0;
        let _ = write!(
            self.body,
            "<text transform=\"translate(13 {at:.1}) rotate(-90)\" text-anchor=middle>{}</text>",
            escaped(&y.label)
        );
    }

    /// Anything, in the coordinates of [`Self::x`] and [`Self::y`].
    pub(super) fn draw(&mut self, svg: &str) {
        self.body.push_str(svg);
    }

    /// A line through these points.
    pub(super) fn curve(&mut self, color: &str, points: impl Iterator<Item = (f64, f64)>) {
        let path = self.path(points);
        let _ = write!(self.body, "<path class=curve stroke=\"var({color})\" d=\"{path}\"/>");
    }

    /// What lies between two lines, given at the same places.
    pub(super) fn band(&mut self, color: &str, points: &[(f64, f64, f64)]) {
        let over = self.path(points.iter().map(|&(x, _, high)| (x, high)));
        let under = self.path(points.iter().rev().map(|&(x, low, _)| (x, low))).replacen('M', "L", 1);
        let _ = write!(self.body, "<path fill=\"var({color})\" d=\"{over}{under}Z\"/>");
    }

    /// A time in which nothing ran, until `to`.
    pub(super) fn gap(&mut self, from: f64, to: f64, says: &str) {
        let (left, right, bottom) = (self.x(from), self.x(to), self.bottom());
        let _ = write!(
            self.body,
            "<path class=gap d=\"M{left:.1} {TOP}H{right:.1}V{bottom:.1}H{left:.1}z\"><title>{}</title></path>\
             <path class=again d=\"M{right:.1} {TOP}V{bottom:.1}\"/>",
            escaped(says)
        );
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (i, (x, y)) in points.enumerate() {
            let _ = write!(path, "{}{:.1} {:.1}", if i == 0 { 'M' } else { 'L' }, self.x(x), self.y(y));
        }
        path
    }

    pub(super) fn finish(mut self) -> String {
        let (right, bottom) = (WIDTH - RIGHT, self.bottom());
        let _ = write!(self.body, "<path class=axis d=\"M{LEFT} {TOP}V{bottom:.1}H{right}\"/>");
        let title = escaped(&self.title);
        format!(
            "<div class=wide><svg viewBox=\"0 0 {WIDTH} {:.0}\" role=img aria-label=\"{title}\">{}</svg></div>",
            self.height, self.body
        )
    }
}

/// As text of HTML, and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(&Axis::linear(0.0, 1.0, "")), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(&Axis::linear(-3.0, 4.1, "")), ["-3", "-2", "-1", "0", "1", "2", "3", "4"]);
        assert_eq!(texts(&Axis::counts(2.0, "")), ["0", "1", "2"]);
        let minutes = Axis::time(1200.0);
        assert_eq!((texts(&minutes), &*minutes.label), (vec!["0", "5", "10", "15", "20"], "time since the start, min"));
        assert_eq!(texts(&Axis::durations(0.5e-3, 0.2)), ["1 ms", "10 ms", "100 ms"]);
    }

    #[test]
    fn nothing_of_a_name_is_markup() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
