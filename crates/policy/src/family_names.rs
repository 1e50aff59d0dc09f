/// Family names of one character, by which a name of two Han characters or of three or four
/// Hangul syllables is told from an ordinary word.
///
/// The commonest of China (in both ways of writing) and of Korea, without those that also begin
/// common words (`方法`, `任何`) or the family names of Japan (`田中`, `高橋`): what stands here
/// makes a full name of the characters that follow it. One list for all who look for names.
pub const FAMILY_NAMES: &str = "\
    王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫胡朱郭罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭蔡\
    潘袁董苏蘇叶葉吕呂魏蒋蔣杜丁沈姚卢盧傅钟鍾崔汪范廖贾賈韦韋付邹鄒孟邱侯秦尹薛闫閻段雷黎贺賀\
    顾顧郝龚龔邵钱錢严嚴覃戴孔汤湯\
    김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천\
    방공현함변염여추도소석선설마길";
