//! Names of people: a surname with a word beside it that says a person is meant.

use super::{Kind, Sheet, Words, ends, starts};

/// Common surnames. Which they are is a fact of the registers; the order is no ranking.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏\
钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛\
伍韦申尤毕聂丛焦柳邢岳齐梅莫庄辛祝左涂谷祁舒耿牟卜詹苗凌费纪靳盛童欧甄项曲游阳裴卫屈鲍覃霍翁隋植甘景薄柏宁柯阮桂闵柴\
冉辜吉饶刁瞿戚丘池滕晋苑邬臧畅宫苟褚廉简娄符奚穆燕郎邸冀谈姬屠郜晏栾郁蒙喻揭窦迟宇敖糜鄢卓艾蓝巩稽仲乐虞卞竺冼\
楚佟栗匡宗巫鞠僧桑荆谌扬岑习胥蔺闫肖付邝邰邴郏仝逄亓龙佘尚荀狄贡逯缪干阚佴晁裘";

/// Surnames that are everyday words as well; only after a word that announces a name for sure.
const WORDS_TOO: &str =
    "单解冷封练席管查房麦麻衣井楼车于向时成从路关连全强华党明官保古米木花商计台盖位都和应来原银沙边包水";

/// Surnames of two characters.
const DOUBLE: [&str; 18] = [
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "轩辕",
    "端木", "南宫", "独孤", "闻人", "长孙",
];

/// A name of which only the surname is told: 张某, 欧阳某. An empty text stays empty; a name in letters keeps its first.
pub fn surname_only(name: &str) -> String {
    let name = name.trim();
    let two: String = name.chars().take(2).collect();
    let (shown, whole) = match name.chars().next() {
        None => return String::new(),
        Some(first) if DOUBLE.contains(&two.as_str()) && name.chars().count() > 2 => (two, first),
        Some(first) => (first.to_string(), first),
    };
    if crate::chars::is_han(whole) { format!("{shown}某") } else { format!("{shown}***") }
}

/// Words that follow a name.
static AFTER: Words<52> = Words::new([
    "先生",
    "女士",
    "小姐",
    "同志",
    "老师",
    "主任",
    "书记",
    "村长",
    "支书",
    "镇长",
    "乡长",
    "县长",
    "局长",
    "所长",
    "科长",
    "股长",
    "处长",
    "站长",
    "校长",
    "院长",
    "园长",
    "经理",
    "老板",
    "医生",
    "大夫",
    "护士",
    "师傅",
    "阿姨",
    "大爷",
    "大妈",
    "大叔",
    "大娘",
    "大姐",
    "大哥",
    "奶奶",
    "爷爷",
    "叔叔",
    "伯伯",
    "律师",
    "警官",
    "队长",
    "组长",
    "会计",
    "委员",
    "干事",
    "网格员",
    "网格长",
    "教练",
    "教授",
    "法官",
    "等人",
    "一家",
]);

/// Words that announce a name for sure.
static SURELY: Words<24> = Words::new([
    "我叫",
    "名叫",
    "叫做",
    "姓名",
    "联系人",
    "投诉人",
    "反映人",
    "举报人",
    "当事人",
    "诉求人",
    "来电人",
    "申请人",
    "被投诉人",
    "被举报人",
    "户主",
    "法人",
    "法定代表人",
    "收款人",
    "监护人",
    "承包人",
    "责任人",
    "经办人",
    "署名",
    "本人姓名",
]);

/// Words that often come before a name, but before other things too.
static OFTEN: Words<42> = Words::new([
    "本人",
    "我是",
    "村民",
    "居民",
    "业主",
    "住户",
    "租户",
    "党员",
    "患者",
    "学生",
    "家长",
    "老人",
    "邻居",
    "丈夫",
    "妻子",
    "老公",
    "老婆",
    "儿子",
    "女儿",
    "儿媳",
    "女婿",
    "父亲",
    "母亲",
    "爷爷",
    "奶奶",
    "哥哥",
    "弟弟",
    "姐姐",
    "妹妹",
    "爱人",
    "房东",
    "司机",
    "书记",
    "主任",
    "村主任",
    "支书",
    "组长",
    "医生",
    "老师",
    "网格员",
    "网格长",
    "负责人",
]);

/// What no given name is made of: words that go on with the sentence.
const NOT_GIVEN: &str = concat!(
    ",;:!?()",
    "的了是在不有我你他她它们和与及或等都就也很还又再请找给向到从去来说要会能可这那哪里个家住说把被让叫对将于因为由但而则且",
    "村镇县市区乡街道路组号户院校店厂局所站处部室楼栋电话先女士同志主任书记反映投诉举报要求希望认为表示称问没无人岁日时今昨已曾。、"
);

/// Everyday words that begin as a name might.
static EVERYDAY: Words<181> = Words::new([
    "高中", "高级", "高度", "高速", "高温", "高压", "高铁", "高兴", "高层", "高考", "周边", "周围", "周末",
    "周一", "周二", "周三", "周四", "周五", "周六", "周日", "方面", "方便", "方式", "方案", "马上", "马路",
    "白天", "金额", "江边", "万一", "万元", "温暖", "常年", "常常", "安全", "安置", "安排", "安装", "安静",
    "石头", "石板", "田地", "田间", "林业", "林地", "林权", "江水", "牛羊", "谷物", "何时", "何处", "任何",
    "任务", "任意", "宁可", "干部", "干净", "干旱", "付款", "游客", "项目", "文化", "文明", "文件", "史上",
    "甘蔗", "蒙受", "严重", "易地", "施工", "安监", "安保", "康复", "康养", "金融", "金属", "经济", "阳光",
    "阳台", "温泉", "温度", "方向", "方圆", "池塘", "柴火", "柏油", "桑树", "游戏", "游泳", "左右", "左边",
    "左侧", "龙头", "龙灯", "牛奶", "莫名", "费用", "武装", "毛病", "白色", "黄色", "陆续", "顾客", "顾虑",
    "洪水", "洪灾", "雷电", "雷雨", "雷击", "钱款", "程序", "程度", "范围", "申请", "申报", "申诉", "申领",
    "章程", "习惯", "凌晨", "焦虑", "尤其", "符合", "符号", "乐器", "苗木", "柳树", "谈话", "江西", "江苏",
    "江南", "庄稼", "田土", "林场", "林木", "安心", "高龄", "高血", "祝愿", "成年", "胡乱", "毕业", "金钱",
    "白条", "计生", "宣布", "纪律", "纪委", "纪检", "文书", "卫生", "卫浴", "史无", "辛苦", "管用", "舒服",
    "艾滋", "常驻", "常住", "常务", "古树", "曾多", "曾于", "曾打", "曾找", "曾电", "仲裁", "陈述", "陈旧",
    "任副", "任期", "任过", "任教", "任职", "任课", "童权", "童合", "童节", "童医", "安度", "何沟",
]);

/// Everyday words that end as a surname alone might: 公安局长.
const NOT_A_SURNAME: [&str; 28] = [
    "时任", "现任", "前任", "担任", "责任", "上任", "地方", "对方", "双方", "各方", "多方", "警方", "我方",
    "校方", "院方", "路段", "阶段", "提高", "公安", "治安", "保安", "长江", "资金", "现金", "基金", "农田",
    "水田", "主任",
];

/// Characters of [`NOT_GIVEN`] that are a given name's first all the same where another follows: 陈家豪.
const GIVEN_BEFORE_ANOTHER: &str = "家和来时道会向同";

fn single(c: char) -> bool {
    SURNAMES.contains(c)
}

fn given(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c) && !NOT_GIVEN.contains(c)
}

/// How long a name at the head of `chars` is; `sure` where a word announced it.
fn name(chars: &[char], sure: bool) -> Option<usize> {
    if !sure && EVERYDAY.start(chars).is_some() {
        return None;
    }
    let surname = match starts(chars, &DOUBLE) {
        Some(len) => len,
        None => usize::from(chars.first().is_some_and(|c| single(*c) || (sure && WORDS_TOO.contains(*c)))),
    };
    if surname == 0 {
        return None;
    }
    let rest = match chars[surname..] {
        [a, b, ..] if given(b) && (given(a) || GIVEN_BEFORE_ANOTHER.contains(a)) => 2,
        [a, ..] if given(a) => 1,
        _ => return None,
    };
    Some(surname + rest)
}

pub(super) fn names(sheet: &mut Sheet) {
    let mut found = Vec::new();
    announced(&sheet.chars, &mut found);
    followed(&sheet.chars, &mut found);
    for range in found {
        sheet.seal(Kind::Name, range);
    }
}

/// After a word that announces it, and the names listed with it: 联系人:张三、李四.
fn announced(chars: &[char], found: &mut Vec<std::ops::Range<usize>>) {
    for i in 0..chars.len() {
        let surely = SURELY.start(&chars[i..]);
        let Some(len) = surely.or_else(|| OFTEN.start(&chars[i..])) else { continue };
        let mut at = i + len;
        let link =
            |c: char| c.is_whitespace() || matches!(c, ':' | '是' | '为' | '叫' | '(' | '“' | '"' | '-');
        at += chars[at..].iter().take(3).take_while(|c| link(**c)).count();
        while let Some(len) = name(&chars[at..], surely.is_some()) {
            found.push(at..at + len);
            at += len;
            let listed = chars.get(at).is_some_and(|c| matches!(c, '、' | ',' | '和' | '与' | '及'));
            if !listed {
                break;
            }
            at += 1;
        }
    }
}

/// Before a word that follows names: 张三先生, 王主任. The surname goes with it.
fn followed(chars: &[char], found: &mut Vec<std::ops::Range<usize>>) {
    for i in 1..chars.len() {
        if AFTER.start(&chars[i..]).is_none() {
            continue;
        }
        // The longest name that ends here.
        let begins = |len: usize| {
            let head = &chars[i.checked_sub(len)?..i];
            let double = ends(&head[..head.len().min(2)], &DOUBLE).is_some();
            let surname = if double { 2 } else { 1 };
            let person = (double || single(head[0]))
                && len <= surname + 2
                && head[surname.min(len)..].iter().all(|c| given(*c));
            let everyday = EVERYDAY.start(&chars[i - len..]).is_some()
                || (len == 1 && ends(&chars[..i], &NOT_A_SURNAME).is_some());
            (person && !everyday).then_some(i - len..i)
        };
        let bare = starts(&chars[i..], &["等人", "一家"]).is_some();
        if let Some(range) = (1..=4).rev().filter(|len| !bare || *len > 1).find_map(begins) {
            found.push(range);
        }
    }
}
