//! Cells of the geohash grid: the bits of longitude and latitude, interleaved, longitude first.

const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
/// Longest hash in text: 60 bits.
const CHARACTERS: u32 = 12;
/// Bits of a hash that is a number.
pub const INTEGER_BITS: u32 = 64;

/// A cell: its `bits` bits, in the low end of `hash`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub hash: u64,
    pub bits: u32,
}

/// A box of latitudes and longitudes, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub min_latitude: f64,
    pub max_latitude: f64,
    pub min_longitude: f64,
    pub max_longitude: f64,
}

impl Bounds {
    pub fn centre(&self) -> (f64, f64) {
        ((self.min_latitude + self.max_latitude) / 2.0, (self.min_longitude + self.max_longitude) / 2.0)
    }
}

impl Cell {
    /// The cell of `bits` bits in which a place lies.
    pub fn at(latitude: f64, longitude: f64, bits: u32) -> Result<Self, String> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(format!("latitude {latitude} is not between -90 and 90"));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(format!("longitude {longitude} is not between -180 and 180"));
        }
        let steps = |value: f64, range: f64| ((value + range) / (2.0 * range) * 4_294_967_296.0).min(4_294_967_295.0) as u32;
        let full = spread(steps(longitude, 180.0)) << 1 | spread(steps(latitude, 90.0));
        Ok(Cell { hash: shift_right(full, INTEGER_BITS - bits), bits })
    }

    /// The cell of a place, as precise as twelve characters are.
    pub fn of_text_length(latitude: f64, longitude: f64) -> Result<Self, String> {
        Cell::at(latitude, longitude, CHARACTERS * 5)
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > CHARACTERS as usize {
            return Err(format!("a geohash has 1 to {CHARACTERS} characters, got {}", text.len()));
        }
        let mut hash = 0;
        for character in text.bytes() {
            let place = ALPHABET.iter().position(|letter| *letter == character.to_ascii_lowercase());
            let place = place.ok_or_else(|| format!("{:?} does not occur in a geohash", char::from(character)))?;
            hash = hash << 5 | place as u64;
        }
        Ok(Cell { hash, bits: text.len() as u32 * 5 })
    }

    pub fn text(&self) -> String {
        let count = self.bits / 5;
        (0..count).rev().map(|i| char::from(ALPHABET[(self.hash >> (5 * i) & 31) as usize])).collect()
    }

    pub fn bounds(&self) -> Bounds {
        let longitude_bits = self.bits.div_ceil(2);
        let latitude_bits = self.bits / 2;
        // The last bit is of latitude when there is an even number of bits.
        let (of_longitude, of_latitude) =
            if self.bits % 2 == 0 { (gather(self.hash >> 1), gather(self.hash)) } else { (gather(self.hash), gather(self.hash >> 1)) };
        let (min_longitude, max_longitude) = interval(of_longitude, longitude_bits, 180.0);
        let (min_latitude, max_latitude) = interval(of_latitude, latitude_bits, 90.0);
        Bounds { min_latitude, max_latitude, min_longitude, max_longitude }
    }

    /// The cell of the same size that lies so many cells to the north and to the east: around the world in longitude, up to the poles.
    pub fn neighbour(&self, north: f64, east: f64) -> Cell {
        let bounds = self.bounds();
        let (latitude, longitude) = bounds.centre();
        let latitude = (latitude + north * (bounds.max_latitude - bounds.min_latitude)).clamp(-90.0, 90.0);
        let longitude = (longitude + east * (bounds.max_longitude - bounds.min_longitude) + 540.0).rem_euclid(360.0) - 180.0;
        Cell::at(latitude, longitude, self.bits).unwrap_or(*self)
    }
}

fn interval(steps: u32, bits: u32, range: f64) -> (f64, f64) {
    let size = 2.0 * range / 2f64.powi(bits as i32);
    (f64::from(steps) * size - range, (f64::from(steps) + 1.0) * size - range)
}

fn shift_right(value: u64, by: u32) -> u64 {
    value.checked_shr(by).unwrap_or(0)
}

/// The bits of a number at the even places of a longer one.
fn spread(value: u32) -> u64 {
    let mut x = u64::from(value);
    x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

/// The bits at the even places.
fn gather(value: u64) -> u32 {
    let mut x = value & 0x5555_5555_5555_5555;
    x = (x | x >> 1) & 0x3333_3333_3333_3333;
    x = (x | x >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    x = (x | x >> 4) & 0x00ff_00ff_00ff_00ff;
    x = (x | x >> 8) & 0x0000_ffff_0000_ffff;
    (x | x >> 16) as u32
}
