use super::*;
use proptest::prelude::*;

fn masked(text: &str) -> String {
    mask(text).text
}

#[test]
fn telephones() {
    for (text, out) in [
        ("请打13800138000找我", "请打〔手机号〕找我"),
        ("１３８００１３８０００", "〔手机号〕"),
        ("138 0013 8000", "〔手机号〕"),
        ("138-0013-8000", "〔手机号〕"),
        ("138.0013.8000", "〔手机号〕"),
        ("1 3 8 0 0 1 3 8 0 0 0", "〔手机号〕"),
        ("138 0013 8000 2楼", "〔手机号〕 2楼"),
        ("+86 13800138000", "〔手机号〕"),
        ("2019-05-09 13800138000", "2019-05-09 〔手机号〕"),
        ("138\u{200B}00138000", "〔手机号〕"),
        ("wx13800138000", "wx〔账号〕"),
        ("0851-24620000", "〔电话〕"),
        ("(0851)24620000", "〔电话〕"),
        ("010 6220 0000", "〔电话〕"),
        ("电话:24620000", "电话:〔电话〕"),
        ("电话是2462-0000", "电话是〔电话〕"),
        ("短号6688", "短号〔电话〕"),
        ("15位数123456789012345", "15位数〔号码〕"),
    ] {
        assert_eq!(masked(text), out, "{text}");
    }
}

#[test]
fn identity_numbers_cards_and_other_long_numbers() {
    for (text, out) in [
        ("身份证11010519491231002X", "身份证〔身份证号〕"),
        ("身份证１１０１０５１９４９１２３１００２ｘ。", "身份证〔身份证号〕。"),
        ("110105 19491231 002X", "〔身份证号〕"),
        ("440524188001010014", "〔身份证号〕"),
        ("440524 18800101 0014", "〔身份证号〕"),
        ("旧证110105491231002", "旧证〔身份证号〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔卡号〕"),
        ("6222021234567890", "〔卡号〕"),
        ("订单202605011234567", "订单〔号码〕"),
    ] {
        assert_eq!(masked(text), out, "{text}");
    }
}

#[test]
fn mail_accounts_and_plates() {
    for (text, out) in [
        ("邮箱zhang.san@example.com.", "邮箱〔邮箱〕."),
        ("１３８００１３８０００＠qq.com", "〔邮箱〕"),
        ("微信号:zhangsan_66", "微信号:〔账号〕"),
        ("加我QQ 12345678", "加我QQ 〔账号〕"),
        ("微信同号13800138000", "微信同号〔账号〕"),
        ("车牌贵C·12345堵在路口", "车牌〔车牌〕堵在路口"),
        ("贵cA12345", "〔车牌〕"),
        ("贵C1234学", "〔车牌〕"),
        ("关注微信公众号", "关注微信公众号"),
    ] {
        assert_eq!(masked(text), out, "{text}");
    }
}

#[test]
fn doors_go_and_roads_stay() {
    for (text, out) in [
        ("学校路12号", "学校路〔门牌〕"),
        ("构树村3组12号门口", "构树村3组〔门牌〕门口"),
        ("幸福小区3栋2单元501室漏水", "幸福小区〔门牌〕漏水"),
        ("3栋2单元501漏水", "〔门牌〕漏水"),
        ("A座1802室", "〔门牌〕"),
        ("住在5号楼", "住在〔门牌〕"),
        ("人民路十八号", "人民路〔门牌〕"),
        ("501室", "〔门牌〕"),
        ("学校路１２号", "学校路〔门牌〕"),
    ] {
        assert_eq!(masked(text), out, "{text}");
    }
}

#[test]
fn names_with_a_word_beside_them() {
    for (text, out) in [
        ("我叫李四,住在构树村", "我叫〔姓名〕,住在构树村"),
        ("联系人:王小五、赵六", "联系人:〔姓名〕、〔姓名〕"),
        ("张三先生反映", "〔姓名〕先生反映"),
        ("找李主任说过两次", "找〔姓名〕主任说过两次"),
        ("村民陈大明家的路灯", "村民〔姓名〕家的路灯"),
        ("欧阳修老师", "〔姓名〕老师"),
        ("我叫向东", "我叫〔姓名〕"),
        ("本人陈家豪,户主李秋月", "本人〔姓名〕,户主〔姓名〕"),
        ("邻居刘洋的狗", "邻居〔姓名〕的狗"),
        ("网格员周启明来过", "网格员〔姓名〕来过"),
    ] {
        assert_eq!(masked(text), out, "{text}");
    }
}

#[test]
fn what_leads_to_nobody_stays() {
    for text in [
        "村口到小学一段路灯全灭,晚上孩子放学看不见路",
        "2026年5月9日下午3点停水,5月10号来水",
        "3号变压器烧坏,影响120户",
        "地铁2号线,文件〔2026〕12号",
        "请拨打12345或110",
        "编号YQ-2026-00012",
        "向学校老师反映高中老师补课收费500元",
        "周边居民安全没有保障,业主方面意见大",
        "党员干部要管理好项目",
        "公安局长和施工队长都来看过,办公室主任、村支部书记不在",
        "居民房子漏水,业主车子被刮,邻居家的狗叫",
        "本校代课老师曾多次给班主任老师留言,公司律师也没回,小区有三栋高层住宅",
        "维护妇女儿童权益,业主陈述的情况属实,找过仲裁委员",
        "路边一家饭店油烟大,附近单位一家也没管",
        "三室一厅,2室1厅,90平方米",
        "工资15000元,欠了13个月",
        "面积1200.50平方米,价格19.99 20.88 300元",
        "",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn what_was_found_says_where_it_stood() {
    let text = "李四先生电话１３８００１３８０００。";
    let found = mask(text).found;
    let parts: Vec<_> = found.iter().map(|f| (f.kind, &text[f.range.clone()])).collect();
    assert_eq!(parts, [(Kind::Name, "李四"), (Kind::Mobile, "１３８００１３８０００")]);
}

/// Whether eleven digits in a row, taken from anywhere, could be a mobile number.
fn has_mobile(text: &str) -> bool {
    let chars: Vec<char> = text.chars().map(half).collect();
    chars
        .windows(11)
        .any(|w| w.iter().all(char::is_ascii_digit) && w[0] == '1' && ('3'..='9').contains(&w[1]))
}

fn likely() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "1[3-9][0-9]{9}",
        "[0-9０-９]{1,20}",
        "[0-9]{3}[ .-][0-9]{4}[ .-][0-9]{4}",
        "[张李王欧阳高于向][一-龥]{0,2}",
        "[A-Za-z@._xX-]{1,6}",
        "[ ,。:、〔〕-]{1,2}",
        "(我叫|联系人|先生|主任|村民|等人|电话|微信|QQ|号|栋|单元|室|路|贵C|手机号|〔手机号〕|〔姓名〕|门牌)",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn twice_is_once(text in likely()) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn no_mobile_number_is_left(text in likely()) {
        let out = masked(&text);
        prop_assert!(!has_mobile(&out), "{} -> {}", text, out);
    }

    #[test]
    fn a_mobile_number_with_separators_is_never_left(
        before in "[一-龥,。 ]{0,6}", number in "1[3-9][0-9]{9}", after in "[一-龥,。]{0,6}",
        gaps in prop::collection::vec(prop_oneof![3 => Just(""), 1 => Just(" "), 1 => Just("-"), 1 => Just(" - ")], 11), wide: bool,
    ) {
        let mut typed = String::new();
        for (i, c) in number.chars().enumerate() {
            typed.push(if wide { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c });
            if i < 10 {
                typed.push_str(gaps[i]);
            }
        }
        let out = masked(&format!("{before}{typed}{after}"));
        prop_assert!(!out.contains(&typed) && out.contains('〔'), "{}", out);
    }

    #[test]
    fn what_is_found_is_in_order_and_within(text in prop_oneof![any::<String>(), likely()]) {
        let result = mask(&text);
        let mut done = 0;
        for f in &result.found {
            prop_assert!(f.range.start >= done && f.range.end > f.range.start);
            prop_assert!(text.get(f.range.clone()).is_some());
            done = f.range.end;
        }
        prop_assert_eq!(result.found.is_empty(), result.text == text);
    }
}
