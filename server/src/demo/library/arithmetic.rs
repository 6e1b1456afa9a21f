//! Exercises with their answers, computed: the same seed gives the same numbers.

type Tasks = Vec<(String, String)>;

/// Numbers one after another from a seed.
struct Numbers(u32);

impl Numbers {
    /// The next one, from `least` to `most`.
    fn next(&mut self, least: u32, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        least + (self.0 >> 16) % (most - least + 1)
    }
}

fn make(seed: u32, count: usize, task: impl Fn(&mut Numbers) -> (String, String)) -> Tasks {
    let mut numbers = Numbers(seed);
    (0..count).map(|_| task(&mut numbers)).collect()
}

pub fn shares(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (parts, things) = (n.next(2, 9), ["圆片", "正方形纸", "绳子", "巧克力", "烙饼"]);
        let thing = things[usize::try_from(n.next(0, 4)).unwrap_or(0)];
        let taken = n.next(1, parts - 1);
        (
            format!("把一{thing}平均分成{parts}份，取其中{taken}份，用分数表示是（　　）。", thing = measured(thing)),
            format!("{taken}/{parts}"),
        )
    })
}

fn measured(thing: &str) -> String {
    let word = match thing {
        "绳子" => "根",
        "巧克力" => "块",
        _ => "张",
    };
    format!("{word}{thing}")
}

pub fn same_denominators(seed: u32) -> Tasks {
    make(seed, 10, |n| {
        let parts = n.next(4, 9);
        let first = n.next(2, parts - 1);
        let second = n.next(1, first - 1);
        if n.next(0, 1) == 0 {
            return (format!("{first}/{parts} - {second}/{parts} ="), format!("{}/{parts}", first - second));
        }
        let rest = n.next(1, parts - first);
        (
            format!("{first}/{parts} + {rest}/{parts} ="),
            if first + rest == parts { "1".to_owned() } else { format!("{}/{parts}", first + rest) },
        )
    })
}

pub fn fraction_of(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (parts, each) = (n.next(3, 8), n.next(2, 9));
        let taken = n.next(1, parts - 1);
        let all = parts * each;
        (
            format!("{all} 本书的 {taken}/{parts} 是多少本？"),
            format!("{all} ÷ {parts} × {taken} = {}（本）", each * taken),
        )
    })
}

pub fn times_table(seed: u32) -> Tasks {
    make(seed, 12, |n| {
        let (a, b) = (n.next(2, 9), n.next(2, 9));
        (format!("{a} × {b} ="), (a * b).to_string())
    })
}

pub fn carrying(seed: u32) -> Tasks {
    make(seed, 12, |n| {
        let a = n.next(6, 9);
        let b = n.next(11 - a, 9);
        (format!("{a} + {b} ="), (a + b).to_string())
    })
}

pub fn within_hundred(seed: u32) -> Tasks {
    make(seed, 10, |n| {
        let a = n.next(41, 92);
        let b = n.next(13, 38);
        if n.next(0, 1) == 0 {
            (format!("{a} - {b} ="), (a - b).to_string())
        } else {
            (format!("{b} + {c} =", c = a - b), a.to_string())
        }
    })
}

pub fn remainders(seed: u32) -> Tasks {
    make(seed, 10, |n| {
        let (by, times) = (n.next(3, 9), n.next(2, 8));
        let rest = n.next(1, by - 1);
        let all = by * times + rest;
        (
            format!("{all} 颗珠子，每 {by} 颗穿一串，可以穿几串，还剩几颗？"),
            format!("{all} ÷ {by} = {times}（串）……{rest}（颗）"),
        )
    })
}

pub fn seconds(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (hour, minute, lasts) = (n.next(7, 15), n.next(0, 11) * 5, n.next(3, 11) * 5);
        let end = hour * 60 + minute + lasts;
        (
            format!("{hour}:{minute:02} 开始，{lasts} 分钟后结束，结束时是几时几分？"),
            format!("{}:{:02}", end / 60, end % 60),
        )
    })
}

pub fn perimeters(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (long, wide) = (n.next(8, 24), n.next(3, 7));
        (
            format!("长方形长 {long} 厘米，宽 {wide} 厘米，周长是多少厘米？"),
            format!("({long} + {wide}) × 2 = {}（厘米）", (long + wide) * 2),
        )
    })
}

pub fn areas(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (long, wide) = (n.next(5, 24), n.next(3, 12));
        if n.next(0, 2) == 0 {
            return (
                format!("正方形花坛边长 {wide} 米，占地多少平方米？"),
                format!("{wide} × {wide} = {}（平方米）", wide * wide),
            );
        }
        (
            format!("长方形菜地长 {long} 米，宽 {wide} 米，面积是多少平方米？"),
            format!("{long} × {wide} = {}（平方米）", long * wide),
        )
    })
}

pub fn slanted(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (base, height) = (n.next(3, 18) * 2, n.next(4, 15));
        if n.next(0, 1) == 0 {
            return (
                format!("平行四边形底 {base} 厘米，高 {height} 厘米，求面积。"),
                format!("{base} × {height} = {}（平方厘米）", base * height),
            );
        }
        (
            format!("三角形底 {base} 厘米，高 {height} 厘米，求面积。"),
            format!("{base} × {height} ÷ 2 = {}（平方厘米）", base * height / 2),
        )
    })
}

pub fn long_times(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (a, b) = (n.next(112, 489), n.next(3, 9));
        (format!("{a} × {b} ="), (a * b).to_string())
    })
}

pub fn two_digits(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (a, b) = (n.next(12, 78), n.next(11, 59));
        (format!("{a} × {b} ="), (a * b).to_string())
    })
}

pub fn long_division(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (by, times) = (n.next(12, 48), n.next(6, 32));
        (format!("{} ÷ {by} =", by * times), times.to_string())
    })
}

pub fn decimals(seed: u32) -> Tasks {
    make(seed, 10, |n| {
        let (a, b) = (n.next(105, 980), n.next(12, 99));
        let shown = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        if n.next(0, 1) == 0 {
            (format!("{} + {} =", shown(a), shown(b)), shown(a + b))
        } else {
            (format!("{} - {} =", shown(a), shown(b)), shown(a - b))
        }
    })
}

pub fn equations(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (times, x, more) = (n.next(2, 9), n.next(2, 15), n.next(3, 20));
        (format!("解方程：{times}x + {more} = {}", times * x + more), format!("x = {x}"))
    })
}

pub fn percents(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (part, all) = (n.next(2, 19), n.next(1, 8) * 20);
        let taken = all * part * 5 / 100;
        (format!("{all} 名同学中有 {taken} 名会游泳，会游泳的占百分之几？"), format!("{taken} ÷ {all} = {}%", part * 5))
    })
}

pub fn circles(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let radius = n.next(2, 12);
        let shown = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        if n.next(0, 1) == 0 {
            return (
                format!("圆的半径是 {radius} 分米，周长是多少分米？"),
                format!("2 × 3.14 × {radius} = {}（分米）", shown(628 * radius)),
            );
        }
        (
            format!("圆的半径是 {radius} 米，面积是多少平方米？"),
            format!("3.14 × {radius}² = {}（平方米）", shown(314 * radius * radius)),
        )
    })
}

pub fn averages(seed: u32) -> Tasks {
    make(seed, 6, |n| {
        let (middle, away) = (n.next(20, 60), n.next(1, 9));
        let (a, b, c, d) = (middle - away, middle + away, middle - away / 2, middle + away / 2);
        (format!("四个小组分别收集了 {a}、{b}、{c}、{d} 个瓶子，平均每组多少个？"), format!("{middle} 个"))
    })
}

pub fn factors(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let number = n.next(12, 60);
        let found: Vec<String> =
            (1..=number).filter(|by| number.is_multiple_of(*by)).map(|by| by.to_string()).collect();
        (format!("写出 {number} 的全部因数。"), found.join("、"))
    })
}

pub fn heads_and_legs(seed: u32) -> Tasks {
    make(seed, 6, |n| {
        let (hens, rabbits) = (n.next(3, 15), n.next(2, 12));
        (
            format!("鸡兔同笼，有 {} 个头，{} 条腿，鸡兔各几只？", hens + rabbits, hens * 2 + rabbits * 4),
            format!("鸡 {hens} 只，兔 {rabbits} 只"),
        )
    })
}

pub fn money(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (yuan, jiao, paid) = (n.next(1, 8), n.next(1, 9), 10);
        let left = paid * 10 - yuan * 10 - jiao;
        (
            format!("一本练习本 {yuan} 元 {jiao} 角，付 {paid} 元，应找回多少？"),
            format!("{} 元 {} 角", left / 10, left % 10),
        )
    })
}

pub fn ratios(seed: u32) -> Tasks {
    make(seed, 8, |n| {
        let (a, more, each) = (n.next(1, 5), n.next(1, 4), n.next(3, 12));
        let b = a + more;
        (
            format!("按 {a}:{b} 配制糖水 {} 克，糖和水各多少克？", (a + b) * each),
            format!("糖 {} 克，水 {} 克", a * each, b * each),
        )
    })
}
