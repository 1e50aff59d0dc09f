use serde::{Deserialize, Serialize};

use super::marks::Marks;

// Greek, Hebrew, Thai and Korean are told by their script alone.
languages! {
    German "de" {
        words: "\
            der die das den dem des ein eine einen einem einer eines und oder aber auch nicht \
            kein keine keinen ich du er sie es wir ihr mich mir dich dir ihn ihm uns euch ihnen \
            mein meine meinen meiner dein sein seine seinen seiner ihre ihren ihrer unser unsere \
            unserer ist sind war waren bin bist wird werden wurde wurden worden hat habe haben \
            hatte hatten kann können könnte könnten muss müssen soll sollen sollte sollten will \
            wollen möchte dürfen darf mit von vom zu zum zur bei beim nach aus auf für über \
            unter vor durch gegen ohne um an am im ins in als wie wenn weil dass daß ob damit \
            dann denn doch noch nur schon sehr so hier dort da wo was wer welche welcher dieser \
            diese dieses diesem diesen jetzt immer wieder mehr man sich alle allen alles andere \
            anderen zwischen während bereits sowie bzw etwa etwas heute viele gibt geht machen \
            durchaus darüber dazu dafür davon nun zwar also bis seit selbst jedoch ja einmal \
            ganz gut herr frau werde wäre würde würden hätte deren dessen keiner mehreren \
            verschiedenen vielen dank danke herzlichen herzlich bitte liebe lieber lieben hallo \
            gerne guten tag schön viel wenig weniger besser neue neuen neuer neues alte große \
            großen großer kleine ersten erste zweite letzten nächsten jahr jahre jahren zeit \
            menschen arbeit beispiel fragen frage seite teil land stadt deutschland deutsche \
            deutschen welt leben kinder frauen männer heißt sagen gesagt sehen finden findet \
            kommt kommen lassen lässt stehen steht liegt bleibt braucht brauchen tun getan gehen \
            zeigt stellt nehmen bringen halten hält wissen glaube denke freue freuen \
            sondern eben genau einfach natürlich wirklich leider vielleicht eigentlich insgesamt \
            tatsächlich insbesondere besonders gerade zusammen außerdem deshalb deswegen daher \
            dabei daran darauf darum hierbei hierzu wobei woher wieso weshalb obwohl sobald \
            indem falls sodass trotz wegen mithilfe anhand innerhalb außerhalb gegenüber neben \
            hinter mal fast kaum nie niemals oft häufig meist meistens manchmal bald später \
            vorher danach zuerst schließlich ebenfalls ebenso gleich gleichzeitig beide beiden \
            jeder jede jedes jeden jedem jemand niemand nichts manche einige einigen wenige \
            solche solchen weitere weiteren weiterhin eigene eigenen gemeinsam gemeinsame \
            möglich wichtig zuständig unterstützen entwickeln verwenden verwendet erstellen \
            bietet arbeiten mitarbeiter unternehmen damen herren kollegen kolleginnen",
        letters: "äöüß",
        endings: "\
            ung lich keit heit isch igen iert erin icht acht tät tion eln ßen tzt nnen chen haft \
            sten ßig ßige elle ern rung nung fen gen hen ten ben den sen len nen ren ler ger ker \
            tern lung sse mmen",
    }
    English "en" {
        words: "\
            the of and to is are was were be been being am have has had having do does did doing \
            will would can could should may might must shall not no nor but or if then than that \
            this these those there their they them he she it his her its we us our you your my \
            me him who whom whose which what when where why how with without from by for on at \
            in into onto over under about after before between through during against as so such \
            some any all each every both most more many much other another only also very just \
            too even because while although though however therefore since until yet still here \
            now out up down off again once same own few an don doesn didn isn wasn won cannot ll \
            ve re let make get like know think want see using used use one first two new good \
            well really actually maybe something anything thing things people way upon within \
            per via whether either yours thank thanks please hello hi yes great best better nice \
            sorry sure welcome answer question questions need needs wants work works working \
            worked makes made making take takes taken give gives given giving find found help \
            helps say says said seen look looks looking come comes came go goes going went knows \
            known thought show shows shown tell keep put mean means seem seems try trying read \
            write written ask asked understand different right wrong large small short high low \
            old next last second three year years day days time times world person life part \
            parts case cases point ways example number kind sort lot interested possible \
            important able likely true simple general specific common several various instead \
            rather quite almost enough far often sometimes usually always never ever already \
            soon later together along across around among behind below above beside besides \
            despite except inside outside toward towards unless whereas whatever whenever \
            wherever everyone everything someone nothing anyone becomes become became called \
            based including following related according due respect provide provides provided \
            ensure develop create created uses build building team software experience",
        letters: "",
        endings: "\
            ing tion ness ity ly ed ment ous ful ive able ical ght ould ally ship ings ther wn \
            ers ies ory ary ists ith ough lly cy ures ic al ems tor ance ence ces ges ned ted \
            ded sed red led tic ian ties ards als ents ware ork",
    }
    French "fr" {
        words: "\
            le la les un une des du de et ou où mais donc est sont était étaient être été suis \
            es sommes ont avoir ai avait avez avons il elle ils elles je tu nous vous on me te \
            se lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette \
            ces cela ça qui que quoi dont qu ne pas plus jamais rien avec sans pour par dans sur \
            sous entre chez vers depuis pendant comme si quand parce car aussi très bien tout \
            tous toute toutes même autre autres fait faire peut peuvent doit aux au en sera \
            seront ainsi lors afin chaque plusieurs selon ci là alors encore peu aucun aucune \
            puis cependant celui celle ceux",
        letters: "éèêàçùœëîïôûâ",
        endings: "\
            tion ment eur eurs eux euse ité ités ique aire ance ence elle ées ée oir ois ais ait \
            ette eau eaux isme aux oire",
    }
    Spanish "es" {
        words: "\
            el la los las un una unos unas de del al pero que es son era fue ser está están \
            estaba hay ha han he había tiene tienen yo tú él ella ellos ellas nosotros usted me \
            te se le les lo nos mi mis tu tus su sus este esta estos estas ese esa eso esto \
            quien cual cuando donde dónde como cómo porque por para con sin en entre sobre desde \
            hasta hacia según no sí ni muy más menos también ya si todo todos toda todas otro \
            otros otra otras cada mismo misma puede pueden hacer así aunque mientras durante \
            siempre nunca sólo aquí ahora entonces después antes cuyo algunos algunas",
        letters: "ñáéíóú¿¡",
        endings: "\
            ción dad ando ador ados adas idad ivo ista aron aba ía ías able orio ero eros ismo",
    }
    Portuguese "pt" {
        words: "\
            os as um uma uns umas de do da dos das no na nos nas ao aos às em ou mas que são era \
            foi ser está estão há tem têm eu tu ele ela eles elas nós você vocês me te se lhe \
            lhes meu minha seu sua seus suas este esta estes estas esse essa isso isto quem qual \
            quando onde como porque por para com sem entre sobre desde até não sim nem muito \
            mais menos também já todo todos toda todas outro outros outra outras cada mesmo \
            mesma pode podem fazer assim pelo pela pelos pelas num numa depois antes sempre \
            nunca aqui agora então foram",
        letters: "ãõçáéíóúâêôà",
        endings: "\
            ção ções dade ando endo ador ados adas eiro eira ário ária agem ável vel inho ões \
            ais ismo aram",
    }
    Galician "gl" {
        words: "\
            os as un unha uns unhas de do da dos das no na nos nas ao aos ás en ou pero que son \
            era foi ser está están hai ten teñen eu ti el ela eles elas nós vostede me te se lle \
            lles meu seu súa seus súas este esta estes estas ese esa iso isto quen cal cando \
            onde como porque por para con sen entre sobre desde ata non si nin moi máis menos \
            tamén xa todo todos toda todas outro outros outra outras cada mesmo pode poden facer \
            así polo pola polos polas nun nunha",
        letters: "ñáéíóú",
        endings: "ción dade ando endo ador eiro eira axe ble ións",
    }
    Catalan "ca" {
        words: "\
            el la els les un una uns unes de del dels al als però que és són era va ser està \
            estan hi ha han tenen té jo tu ell ella ells nosaltres em et es ens li amb sense en \
            entre sobre des fins cap segons no sí ni molt més menys també ja si tot tots tota \
            totes altre altres cada mateix mateixa pot poden fer així aquest aquesta aquests \
            aquestes això qui quan on com perquè per aquell pel pels seu seva seus seves només \
            quins",
        letters: "çàèéíòóúï·",
        endings: "ció tat tats ment ador ats ades ista atge itat eix",
    }
    Italian "it" {
        words: "\
            il lo la gli le un uno una di del dello della dei degli delle dell al allo alla ai \
            agli alle dal dalla nel nella nei nelle sul sulla ed ma che sono era fu essere stato \
            stata ha hanno ho aveva avere io tu lui lei noi voi loro mi ti si ci vi ne mio mia \
            tuo suo sua suoi questo questa questi queste quello quella chi cui quale quando dove \
            come perché per con senza in tra fra su da non sì né molto più meno anche già se \
            tutto tutti tutta tutte altro altri altra altre ogni stesso può possono fare così \
            quindi dopo prima sempre mai qui ora poi nostro nostra nell sull all viene vengono",
        letters: "àèéìòù",
        endings: "tà ando endo tore tori ati ate ità ivo ezza ista ire are ere ono",
    }
    Romanian "ro" {
        words: "\
            și şi sau dar că nu este sunt era fi fost au am ai ați are avea eu tu el ea noi voi \
            ei ele îmi mă te se își îi le lui lor meu mea său sa acest această acesta aceasta \
            aceste aceștia acel acea care ce cine când unde cum pentru cu fără în din de la pe \
            prin între sub după până spre mai foarte tot toți toate alt alte altă fiecare poate \
            pot fie un unei unui unor al ale ca nici doar deja dacă deci orice oricare către \
            despre precum trebuie",
        letters: "ăâîșțşţ",
        endings: "\
            ție ții ului ilor elor ează esc ește are ire tate tăți iei ător oare ată uri",
    }
    Dutch "nl" {
        words: "\
            de het een en of maar niet geen ik jij je hij zij ze wij we jullie mij hem haar hun \
            ons onze mijn zijn is was waren ben bent wordt worden werd werden heeft heb hebben \
            had kan kunnen moet moeten zal zullen wil willen met van voor naar uit op over onder \
            door tegen zonder om aan in bij als dan dat die dit deze wie wat waar wanneer hoe \
            omdat ook nog al alleen zeer er hier daar nu altijd weer meer men zich alle alles \
            andere tussen tijdens te tot toch zo veel ieder iedere eigen wel toen elk deel hebt \
            niets iets zoals echter volgens gebruik gebruikt",
        letters: "ĳ",
        endings: "\
            ing lijk heid isch tie ties eren aar aars oor fen gen hen ten ben den sen len nen \
            ren eld ijk erd aan igen oord uur uit eel eeft",
    }
    Afrikaans "af" {
        words: "\
            die het is en of maar nie geen ek jy hy sy ons julle hulle my jou hom haar hul was \
            word sal kan moet wil met van vir na uit op oor onder deur teen sonder om aan in by \
            as dan dat wat waar wanneer hoe omdat ook nog reeds hierdie daardie baie meer elke \
            elkeen alle ander tussen te tot so wees gewees gemaak hê enige sodanige",
        letters: "ŉ",
        endings: "lik like heid ing ings asie skap eer ies erde aan igde",
    }
    Luxembourgish "lb" {
        words: "\
            de déi dat dës dëst eng en engem enger an si vu gin hun dee deer nët awer och net keen ech du hien hatt hir säi \
            säin seng sengem ass sinn gëtt ginn gouf huet hunn kënnen mat vun no op fir iwwer \
            ënner virun duerch géint ouni wéi wann datt well nach nëmmen esou hei wien jiddereen \
            mënsch däerf sech senger",
        letters: "ëéäö",
        endings: "lech keet heet ioun esch",
    }
    Swedish "sv" {
        words: "\
            och eller men att det den de en ett är var vara varit blir blev har hade ha kan \
            kunde ska skall skulle vill måste får jag du han hon vi ni mig dig honom henne oss \
            er dem min mitt din sin sitt sina deras denna detta dessa som vem vad när där hur \
            för med utan från till på av om under över genom mellan efter inte inget ingen också \
            bara redan mycket mer alla allt andra varje samma så här nu då än eftersom även \
            någon något några vid upp ut hos sig kommer finns man åt använda",
        letters: "åäö",
        endings: "\
            ning het lig ligt liga isk iska tion erna arna ande ende aren are ade ats else skap \
            ör öra igt tt",
    }
    Danish "da" {
        words: "\
            og eller men at det den de en et er var være været bliver blev har havde have kan \
            kunne skal skulle vil ville må jeg du han hun vi mig dig ham hende os jer dem min \
            mit din sin sit sine deres denne dette disse som hvem hvad hvornår hvor hvordan for \
            med uden fra til på af om under over gennem mellem efter ikke intet ingen også kun \
            allerede meget mere alle alt andre hver samme så her nu da end fordi selv nogen \
            noget nogle ved op ud hos sig kommer findes man ad enhver bruges hvis når eksempel \
            gør gøre gjort igen lige siger bruger bruge brug måde måder mulighed muligheder \
            giver give tager tage ind indtil indeholder forskellige række flere hjælp hjælper \
            udgave dog samt kunnet blive fået få lave laver nødvendig navnet uafhængig \
            tilgængelig ligesom derfor imod nogensinde heller lov ligeledes",
        letters: "æøå",
        endings: "\
            ning hed lig ligt lige isk iske tion erne ende else skab ede ere eres eret rede oner \
            heds igt",
    }
    Norwegian "nb" {
        words: "\
            og eller men at det den de en et ei er var være vært blir ble har hadde ha kan kunne \
            skal skulle vil ville må jeg du han hun vi dere meg deg ham henne oss dem min mitt \
            din sin sitt sine deres denne dette disse som hvem hva når hvor hvordan for med uten \
            fra til på av om under over gjennom mellom etter ikke intet ingen også bare allerede \
            mye mer alle alt andre hver samme så her nå da enn fordi selv noen noe ved opp ut \
            hos seg kommer finnes man enhver brukes hvis ikkje eit ein frå kvar dei eg vere vera \
            gjør gjøre gjort igjen like sier bruker bruke bruk måte måter mulighet muligheter \
            gir gi tar ta inn inntil inneholder forskjellige rekke flere hjelp hjelper utgave \
            dog samt kunnet bli fått få lage lager nødvendig navnet uavhengig tilgjengelig \
            likesom derfor imot heller lov likeledes",
        letters: "æøå",
        endings: "\
            ning het lig ligt lige isk iske sjon ene ende else skap ere eres ert erte oner uker \
            aker igt",
    }
    Icelandic "is" {
        words: "\
            og eða en að það þau þeir þær sá sú hann hún ég þú við þið er var vera eru verið \
            verður hefur hafa hafði getur geta skal skulu með án frá til af um undir yfir milli \
            eftir ekki engin enginn einnig bara mjög meira allir allt aðrir hver hvers sem sinn \
            sína sínum þess þessi þetta þegar hvernig eins svo hér nú þá fyrir hvort manns",
        letters: "þðæáéíóúýö",
        endings: "inn num nar unum ing legt leg andi anna ður ir ur aði",
    }
    Finnish "fi" {
        words: "\
            ja tai mutta että on ei ole oli olivat olla ovat ollut olen olet olisi hän he minä \
            sinä me te se ne tämä tämän tätä nämä joka jotka jonka jossa mikä mitä kun kuin jos \
            niin myös vain jo hyvin enemmän kaikki kaikkien muut muiden muita jokaisella \
            jokainen sama sekä ilman kanssa mukaan jälkeen ennen voi voivat voidaan tulee eivät \
            en et siitä sitä sen niiden hänen heidän joko itse vielä nyt sitten tässä siinä \
            koska kuten mukaisesti käyttää käytetään eli jotta tällä ettei eikä mukana saa",
        letters: "äö",
        endings: "\
            ssa ssä sta stä lla llä lle lta ltä nen sen set ista istä uus yys ksi den jen maan \
            taan tään vat vät mme nsa nsä kaan kään iden een iin ään",
    }
    Estonian "et" {
        words: "\
            ja või aga et on ei ole oli olid olla olnud ma sa ta me te nad see need selle seda \
            kes mis kui nagu siis ka ainult juba väga rohkem kõik kõigi teised teiste igal iga \
            igaühel sama ilma koos järgi pärast enne võib võivad tuleb oma mitte ning üks kus \
            millal kuidas sest peab saab tema nende midagi ega vastavalt alusel",
        letters: "õäöü",
        endings: "\
            mine mise sed ste dest del des gi usi lik line ised vad sest tud tav ks use",
    }
    Hungarian "hu" {
        words: "\
            az egy és vagy de hogy nem is van vannak volt voltak lesz lehet kell ha mint én te \
            mi ti ők engem ezt azt ez ezek azok aki akik ami amely amelyek mely hol mikor hogyan \
            mert csak már még nagyon több minden mindenki más mások saját között nélkül szerint \
            után előtt alatt meg el ki be fel le sem semmi így úgy ahol amikor illetve valamint \
            akkor vele ennek annak ezen azon által való során használható át ilyen olyan pedig",
        letters: "őűáéíóúöü",
        endings: "\
            ság ség ban ben ból ből nak nek val vel ról ről hoz hez ott ett ása ése ások tás tés \
            ként ítás kat ket ának ének oz ását het hat ható",
    }
    Turkish "tr" {
        words: "\
            ve veya ama fakat ile için bir bu şu ben sen biz siz onlar ne kim nasıl neden çünkü \
            ki de da mi mı mu mü değil var yok olan olarak olduğu oldu olur gibi kadar daha en \
            çok az her hiç bütün tüm kendi sonra önce göre karşı ise eğer ya hem ancak sadece \
            yalnız böyle şöyle bunun onun bunu onu bana sana diye üzere tarafından dir dır hakkı \
            edilir eder etmek etmiş dosya şey haiz hangi",
        letters: "ışğçöü",
        endings: "\
            lar ler ları leri dır dir dur mak mek nın nin nun ında inde dan den lık lik ması \
            mesi yor acak ecek arak erek ının inin sı iyet",
    }
    Polish "pl" {
        words: "\
            oraz lub albo ale że nie jest są był była było były być będzie będą ma mają może \
            mogą ja ty on ona ono my wy oni mnie mi ci go jej jego ich nam was mój twój swój się \
            ten ta to te tego tej tych tym tę który która które których kto co gdy kiedy gdzie \
            jak dlaczego ponieważ ze na do od po przez przy pod nad przed dla bez między za \
            tylko już bardzo więcej wszystkie wszystko wszyscy inne innych każdy każda sam sobie \
            tak też także jeśli jeżeli aby żeby czy więc niż został również można należy którym \
            której",
        letters: "ąćęłńśźż",
        endings: "\
            ość ości nie nia ania enie ować ego emu ych ymi ach ami owy owa owe owi cja cji ie \
            ski ska skie ają ów acji any ane ony",
    }
    Czech "cs" {
        words: "\
            nebo ale že ne je jsou byl byla bylo byli být bude budou má mají může mohou já ty on \
            ona my vy oni mě mi ti ho jí jeho jejich nám vám můj tvůj svůj se si ten ta to toho \
            té těch tím který která které kteří kdo co když kde jak proč protože ve ze na do od \
            po přes při pod nad před pro bez mezi za jen už velmi více všechny vše všichni jiné \
            jiných každý každá sám tak také pokud aby než tato tento tyto není jako své svou \
            nebyl podle ke něco",
        letters: "ěřůčšžýáíéúňďť",
        endings: "\
            ost osti ání ení ého ému ých ými ách ami ový ová ové ský ská ské ovat ují ích ech \
            nost ní uje ctví",
    }
    Slovak "sk" {
        words: "\
            alebo ale že nie je sú bol bola bolo boli byť bude budú má majú môže môžu ja ty on \
            ona my vy oni ma mi ti ho jej jeho ich nám vám môj tvoj svoj sa si ten tá to tie \
            toho tej tých tým ktorý ktorá ktoré ktorí kto čo keď kde ako prečo pretože vo zo na \
            do od po cez pri pod nad pred pre bez medzi za len už veľmi viac všetky všetko \
            všetci iné iných každý každá sám tak tiež taktiež ak aby než táto tento tieto svoje \
            svoju podľa ku so niečo",
        letters: "ľĺŕôäčšžýáíéúňďť",
        endings: "\
            osť osti anie enie ého ému ých ými ách ami ový ová ové ský ská ské ovať ujú ích ov \
            ie nosť uje ctvo iu ia ať",
    }
    Slovene "sl" {
        words: "\
            in ali pa da ne je so bil bila bilo bili biti bo bodo ima imajo lahko jaz ti on ona \
            mi vi oni me ga jo jih njegov njihov nam vam moj svoj svojo svojega se si ta to te \
            tega tej teh tem ki kdo kaj ko kdaj kje kako zakaj ker na do od po pri pod nad pred \
            za brez med samo že zelo več vse vsi vsak vsakdo drug druge drugih sam tako tudi če \
            kot iz ni niso še kakor svobode katerikoli zaradi temveč oziroma",
        letters: "čšž",
        endings: "\
            ost osti anje enje ega emu ih imi ami ski ska sko jejo ijo nost nega nih nem stvo",
    }
    Croatian "hr" {
        words: "\
            ili ali da ne je su bio bila bilo bili biti će ima imaju može mogu ja ti on ona mi \
            vi oni me ga ju ih njegov njihov nam vam moj svoj svoju svoje se sebi taj ta to te \
            toga tog tih tom koji koja koje kojih kojem tko ko što šta kad kada gdje gde kako \
            zašto jer sa na do od po pri pod nad pred prije za bez među samo već vrlo više sve \
            svi svaki svatko drugi druge drugih sam tako također ako kao iz nije nisu još ovaj \
            ova ovo ove bi smo ste treba između jednak",
        letters: "čćđšž",
        endings: "\
            ost osti anje enje oga omu ih ima ama ski ska sko aju iti nost ati ije nje stvo nog \
            nih",
    }
    Lithuanian "lt" {
        words: "\
            ir arba bet kad ne yra buvo būti bus turi gali aš tu jis ji mes jūs jie mane jo jos \
            jų savo tas ta tai to tos tą šis ši šio šios kuris kuri kurie kurių kas ką kur kaip \
            kodėl nes iš už su be ant nuo prie per pagal tarp po iki dėl tik jau labai daugiau \
            visi visų visos kiti kitų kiekvienas taip pat jeigu jei nėra teisę dar žmogus negali \
            tokios",
        letters: "ėųįąęūčšž",
        endings: "\
            imas imo ymas ymo ių ais iais ams iams uose ti tis ės ją ėms yti uoti inis inių ybė \
            sių tų nių",
    }
    Latvian "lv" {
        words: "\
            un vai bet ka ne ir bija būt būs var jābūt es tu viņš viņa mēs jūs viņi man viņu \
            savu savas tas tā to tos šis šī šo kas kurš kura kuri ko kur kā kāpēc jo no uz ar \
            bez pie par pēc starp līdz dēļ tikai jau ļoti vairāk visi visu citi citu katram \
            katrs katra arī ja nav šīs kādu tiek ikviens viņam",
        letters: "āēīūķļņģčšž",
        endings: "šana ība ības iem ām umu ums ējs ot ēt īt āt ju tu ais ās stu",
    }
    Albanian "sq" {
        words: "\
            dhe ose por që nuk është janë ishte kanë ka një të në me për nga tek si kur ku pa \
            mbi nën midis para pas se edhe vetëm shumë më gjithë çdo çdokush tjera tij saj tyre \
            këtë kjo ky këto kush cili cila së do mund duhet ai ajo ne ju ata asnjë",
        letters: "ëç",
        endings: "isht imin imi imit ve ës ën shme uar tare ore sisë shtë",
    }
    Irish "ga" {
        words: "\
            agus an na go ar le is ní nach bhfuil tá bhí atá sé sí siad mé tú muid ag do de faoi \
            chun mar gan gach aon nó ach seo sin féin cé cad conas nuair má dá bheith duine leis \
            lena iad maidir idir",
        letters: "áéíóú",
        endings: "acht ocht ach ann adh idh aigh",
    }
    Welsh "cy" {
        words: "\
            yn yr ac ar mae nid ei eu gan am neu ond fel hyn hynny sydd wedi bod bydd roedd hefyd \
            pob pawb gyda rhag drwy hawl ganddo gall nac unrhyw rhwng gyfer oes cael gael",
        letters: "ŵŷâêô",
        endings: "aeth iad wyd edd wyr",
    }
    Basque "eu" {
        words: "\
            eta edo da ez dira du bat hau hori baina bere dute izan den egin behar dago ere \
            guztiek guztien baten beste dituen dela batzuk horren gabe arabera zuen izango dauka \
            ditu",
        letters: "",
        endings: "aren ean etan ekin tzen asun zko ezko",
    }
    Tagalog "tl" {
        words: "\
            ang ng mga sa na ay at ito kung hindi may para kanyang bawat lahat dapat upang isang \
            nang siya niya kanilang sila walang mayroon anumang",
        letters: "",
        endings: "",
    }
    Vietnamese "vi" {
        words: "\
            và hoặc nhưng là của có không được trong ngoài với cho từ đến một các những này đó \
            ấy ai gì nào khi đâu như vì nên để bởi về theo trên dưới giữa trước sau cũng chỉ đã \
            đang sẽ rất hơn mọi người tôi bạn anh chị họ chúng ta mình phải thể bị ra vào lại \
            thì mà nếu hay do tất cả quyền đều việc",
        letters: "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        endings: "",
    }
    Indonesian "id" {
        words: "\
            dan atau tetapi yang tidak bukan adalah ialah ada akan telah sudah sedang bisa dapat \
            harus saya aku kamu anda dia ia kami kita mereka nya ini itu siapa apa kapan mana \
            bagaimana mengapa karena dengan tanpa untuk dari ke di pada dalam oleh antara \
            tentang sebagai seperti jika kalau bila maka juga hanya lebih sangat semua setiap \
            lain sama sendiri agar supaya para sebuah suatu secara serta hingga sampai bagi \
            orang hak berhak digunakan tersebut boleh mempunyai",
        letters: "",
        endings: "kan nya inya asi an man itas ukan isan ngan akan ran",
    }
    Russian "ru" {
        words: "\
            или но что не это есть был была было были быть будет будут может могут ты он она оно \
            мы вы они меня мне тебя его её ее их нас вас ему им мой свой своей своих этот эта \
            эти этого этой этих тот та те того который которая которое которые которых кто когда \
            где как почему потому во со на до от по при под над перед для без между за об из ко \
            только уже очень более все всё всех другой другие каждый сам так также если чтобы \
            чем же ли бы нет то лишь однако является можно",
        letters: "ыэъё",
        endings: "\
            ость ости ение ения ание ания ого его ому ему ых их ыми ами ями ать ить еть ный ная \
            ное ные ский ская ское ться тся ция ции ния",
    }
    Ukrainian "uk" {
        words: "\
            та або але що не це був була було були бути буде будуть може можуть ти він вона воно \
            ми ви вони мене мені тебе його її їх нас вас йому їм мій свій своєї своїх цей ця ці \
            цього цієї цих той те того який яка яке які яких хто коли де як чому тому із зі на \
            до від по при під над перед для без між за об про лише вже дуже більш все всі всіх \
            інший інші інших кожний кожна кожен сам так також якщо щоб ніж же чи би ні то можна \
            треба",
        letters: "іїєґ",
        endings: "\
            ість ості ення ання ого ому их ими ами ями ати ити ий на не ська ське тися ться ція \
            ції ння ів іх ої ють",
    }
    Belarusian "be" {
        words: "\
            або але што не гэта ёсць быў была было былі быць будзе будуць можа могуць ты ён яна \
            яно мы вы яны мяне мне яго яе іх нас вас свой сваёй сваіх гэты гэтая гэтага той які \
            якая якое якія хто калі дзе як чаму таму са на да ад па пры пад над перад для без \
            паміж за аб толькі ўжо вельмі больш усе ўсіх іншы кожны сам так таксама каб чым жа \
            ці бы няма",
        letters: "ўіёыэ",
        endings: "\
            асць асці енне анне ага аму ых іх ымі амі аць іць ны ная нае ныя скі ская цца цыя \
            цыі ння ць",
    }
    Bulgarian "bg" {
        words: "\
            или но че не това са беше бяха бъде бил била били ще може могат аз ти той тя то ние \
            вие те мен ми ме го му им нас вас моя свой своя своите този тази тези онзи който \
            която което които кой какво кога къде как защо защото във със на до от по при под \
            над пред за без между из към само вече много повече всички всеки друг други така \
            също ако да чрез като си се има няма трябва бе",
        letters: "ъщ",
        endings: "\
            ост ости ение ания ния ата ята ите ото ския ска ско ски ция ции ане ят ва ия ние щи",
    }
    Serbian "sr" {
        words: "\
            или али да не је су био била било били бити ће има имају може могу ја ти он она ми \
            ви они ме га их његов њихов нам вам мој свој своју се себи тај та то те тога тог тих \
            који која које којих ко шта што кад када где како зашто јер са на до од по при под \
            над пред за без међу само већ врло више све сви сваки свако други друге других сам \
            тако такође ако као из није нису још овај ова ово",
        letters: "јљњћђџ",
        endings: "\
            ост ости ање ење ога ому их има ама ски ска ско ати ају ти ност ције ција ња ње",
    }
    Macedonian "mk" {
        words: "\
            или но дека не тоа се беше беа биде бил била биле ќе може можат јас ти тој таа ние \
            вие тие мене ми ме го ја му им нас вас мојот свој своја овој оваа овие оној кој која \
            кое кои што кога каде како зошто бидејќи во со на до од по при под над пред за без \
            меѓу кон само веќе многу повеќе сите секој друг други така исто ако да преку има \
            нема треба",
        letters: "ѓќѕј",
        endings: "ост ости ање ење ата ите ото ски ска ско ција ции ува ње та от",
    }
    Greek "el" { words: "", letters: "", endings: "", }
    Hebrew "he" { words: "", letters: "", endings: "", }
    Arabic "ar" {
        words: "\
            في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم نحن أنا أنت كان كانت \
            يكون تكون أن إن لا ما لم لن قد كل أو ثم بعد قبل بين حتى إذا كما عند غير أي له لها \
            بها به فيه فيها دون أيضا",
        letters: "ةيكأإىئؤ",
        endings: "",
    }
    Persian "fa" {
        words: "\
            در از به که این آن با برای را است هستند بود باشد شود شده می نمی هر یا هم تا بر اگر \
            ما من تو او شما آنها خود باید دارد دارند یک نیز هیچ همه کند کرد بدون دیگر مورد",
        letters: "پچگژیک",
        endings: "",
    }
    Urdu "ur" {
        words: "\
            اور کے کی کا میں سے کو ہے ہیں نے پر یہ وہ کہ جو ہو تو بھی نہیں اس ان کسی ہر شخص ایک \
            کیا جائے گا کرنے ہوں اپنے اپنی لئے لیے یا",
        letters: "ٹڈڑںےہھپچگژیک",
        endings: "",
    }
    Hindi "hi" {
        words: "\
            है हैं और के की का में से को ने पर यह वह कि जो तो भी नहीं इस उस किसी हर एक या था थी \
            थे हो होगा अपने अपनी लिए साथ कर करने तथा मैं हम आप वे ये ही",
        letters: "",
        endings: "",
    }
    Thai "th" { words: "", letters: "", endings: "", }
    Korean "ko" { words: "", letters: "", endings: "", }
    Japanese "ja" {
        words: "",
        letters: "\
            ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆ\
            ょよらりるれろわをんァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボ\
            ポマミムメモャヤュユョヨラリルレロワヲンヴー",
        endings: "",
    }
    Chinese "zh" {
        words: "",
        letters: "的是了这们个为说对时没吗呢吧你她很还从让给与权应并或其之這們個為說對時會沒嗎還從讓給與權應並於它所么什样过进间问关开实发现动种经",
        endings: "",
    }
}
