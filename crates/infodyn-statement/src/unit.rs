//! Units: powers of length and time, and whether a number is told in nats.

use std::fmt;

/// `nats^n length^l time^t`. Nats are no unit that comparisons see: an entropy may be compared with `log(K)`, but not
/// with a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit {
    /// Twice the power of each: of length, of time.
    halves: [i16; 2],
    /// Power of nats, for the reader.
    nats: i16,
}

impl Unit {
    /// A number without unit.
    pub const NONE: Self = Self { halves: [0, 0], nats: 0 };
    /// Nats.
    pub const NATS: Self = Self { halves: [0, 0], nats: 1 };
    /// A length in the space of the data.
    pub const LENGTH: Self = Self::length(1);
    /// Time of the process.
    pub const TIME: Self = Self { halves: [0, 2], nats: 0 };

    /// A power of length.
    #[must_use]
    pub const fn length(power: i16) -> Self {
        Self { halves: [2 * power, 0], nats: 0 }
    }

    /// The unit of a product.
    #[must_use]
    pub const fn times(self, o: Self) -> Self {
        Self {
            halves: [sum(self.halves[0], o.halves[0]), sum(self.halves[1], o.halves[1])],
            nats: sum(self.nats, o.nats),
        }
    }

    /// The unit of a quotient.
    #[must_use]
    pub const fn per(self, o: Self) -> Self {
        self.times(Self { halves: [-o.halves[0], -o.halves[1]], nats: -o.nats })
    }

    /// The unit of a square root.
    #[must_use]
    pub const fn root(self) -> Self {
        Self { halves: [self.halves[0] / 2, self.halves[1] / 2], nats: self.nats / 2 }
    }

    /// The unit of a power, which must leave halves; `None` where it does not.
    #[must_use]
    pub fn power(self, exponent: f64) -> Option<Self> {
        let part = |h: i16| {
            let power = f64::from(h) * exponent;
            (power == power.round() && power.abs() < f64::from(LARGEST)).then_some(power as i16)
        };
        let nats = (f64::from(self.nats) * exponent).clamp(-f64::from(LARGEST), f64::from(LARGEST)) as i16;
        Some(Self { halves: [part(self.halves[0])?, part(self.halves[1])?], nats })
    }

    /// Whether two numbers can be added and compared.
    #[must_use]
    pub fn agrees(self, o: Self) -> bool {
        self.halves == o.halves
    }

    /// Whether it is a number that functions such as `exp` take.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.halves == [0, 0]
    }
}

/// Powers do not grow beyond this.
const LARGEST: i16 = 1 << 12;

const fn sum(a: i16, b: i16) -> i16 {
    let sum = a.saturating_add(b);
    if sum > LARGEST {
        LARGEST
    } else if sum < -LARGEST {
        -LARGEST
    } else {
        sum
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = |halves: i16| match (halves.abs() / 2, halves % 2) {
            (1, 0) => String::new(),
            (n, 0) => format!("^{n}"),
            _ => format!("^({}/2)", halves.abs()),
        };
        let nats = match self.nats {
            n if n <= 0 => String::new(),
            1 => "nats".to_owned(),
            n => format!("nats^{n}"),
        };
        let [length, time] = self.halves;
        let mut above: Vec<String> = if nats.is_empty() { vec![] } else { vec![nats] };
        let mut below = Vec::new();
        for (name, halves) in [("length", length), ("time", time)] {
            if halves > 0 {
                above.push(name.to_owned() + &power(halves));
            } else if halves < 0 {
                below.push(name.to_owned() + &power(halves));
            }
        }
        match (above.is_empty(), below.is_empty()) {
            (true, true) => f.pad("no unit"),
            (false, true) => f.pad(&above.join(" ")),
            (true, false) => f.pad(&format!("1/{}", below.join("/"))),
            (false, false) if above == ["nats"] => f.pad(&format!("nats per {}", below.join(" per "))),
            (false, false) => f.pad(&format!("{}/{}", above.join(" "), below.join("/"))),
        }
    }
}
