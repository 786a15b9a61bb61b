var O,Ks,Co,Ne,To,gn,js,yn,Xs,Ro,Oo,ja,Bt=Symbol.for("pv"),bn={},wn=[],Xa=/^m(i|n|o|s|text|space)$/,Mo=Array.isArray,Lo=wn.slice,Ve=Object.assign;function We(e){e&&e.parentNode&&e.remove()}function $n(e,t,n){var o,s,r,i={},a=arguments.length;for(r in t)r=="key"?o=t[r]:r=="ref"&&typeof e!="function"?s=t[r]:i[r]=t[r];return a>2&&(i.children=a>3?Lo.call(arguments,2):n),Ut(e,i,o,s,null)}function Ut(e,t,n,o,s){var r={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Bt,__v:s||++Ks,__i:-1,__u:0};return!s&&O.vnode&&O.vnode(r),r}function Ie(e){return e.children}function He(e,t){this.props=e,this.context=t,this.__g=0}function Ae(e,t){if(t==null)return e.__&&Ae(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:Ae(e)}function za(e){var t,n=e.__v,o=n.__e,s=[],r=[],i=e.__P;i&&((t=Ve({constructor:Bt},n)).__v=n.__v+1,O.vnode&&O.vnode(t),Do(i,t,n,e.__n,i.namespaceURI,32&n.__u?[o]:null,s,o||Ae(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,tr(s,t,r),n.__=n.__e=null,t.__e!=o&&zs(t))}function zs(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),zs(e)}function qs(e){(8&e.__g||(e.__g|=8,Ne.push(e),gn++))&&To==O.debounceRendering||((To=O.debounceRendering)||queueMicrotask)(Zs)}function Zs(){try{for(var e,t=1;Ne.length;)Ne.length>t&&Ne.sort(js),e=Ne.shift(),t=Ne.length,8&e.__g&&za(e)}finally{(gn=Ne.length)&&(To||queueMicrotask)(Zs)}}function Js(e,t,n,o,s,r,i,a,u,c,f){var p,m,d,b,y,x,A=o.__k||wn,g=t.length;for(u=Za(n,t,A,u,g),p=0;p<g;p++)(d=n.__k[p])!=null&&(m=~d.__i&&A[d.__i]||bn,d.__i=p,x=Do(e,d,m,s,r,i,a,u,c,f),b=d.__e,(m.ref!=d.ref||8&m.__u)&&(m.ref&&Fo(m.ref,null,d,m),d.ref&&f.push(d.ref,d.__c||b,d)),y=y||b,4&d.__u?(u=Qs(d,u,e,!m.__v),m.__e&&(m.__e=null)):typeof d.type=="function"&&x!==void 0?u=x:b&&(u=b.nextSibling),d.__u&=-21);return n.__e=y,u}function Za(e,t,n,o,s){var r,i,a,u,c,f,p,m,d,b=n.length,y=b,x=0,A=0,g=e.__k=Array(s);for(r=0;r<s;r++)(i=t[r])!=null&&typeof i!="boolean"&&typeof i!="function"?(typeof i!="object"||i.constructor===String?i=g[r]=Ut(null,i):Mo(i)?i=g[r]=Ut(Ie,{children:i}):i.constructor===Bt&&i.__b?i=g[r]=Ut(i.type,i.props,i.key,i.ref,i.__v):g[r]=i,u=r+x,i.__=e,i.__b=e.__b+1,a=null,~(c=i.__i=Ja(i,n,u,y))&&(y--,(a=n[c])&&(a.__u|=2)),a&&a.__v?(i.__u|=16,c==u-1?x--:c==u+1?x++:c!=u&&(c>u?x--:x++,A=1)):(~c||(s>b?x--:s<b&&x++),typeof i.type!="function"&&(i.__u|=4))):g[r]=null;if(A){for(f=[],p=[],r=0;r<s;r++)if((i=g[r])&&16&i.__u){for(x=0,m=f.length;x<m;)f[d=x+m>>1]<i.__i?x=d+1:m=d;f[x]=i.__i,p[r]=x+1}for(x=f.length;r--;)p[r]&&(p[r]==x?x--:g[r].__u|=4)}if(y)for(r=0;r<b;r++)!(a=n[r])||2&a.__u||(a.__e==o&&(o=Ae(a)),Uo(a,a));return o}function Qs(e,t,n,o){var s,r,i,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(s=e.__k)for(r=0;r<s.length;r++)s[r]&&(s[r].__=e,t=Qs(s[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=Ae(e))&&!t.parentNode&&(t=null),i=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(i!=a&&(!o&&n.moveBefore&&i.parentNode?n.moveBefore(i,t):n.insertBefore(i,t||null)),t=i;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function Ja(e,t,n,o){var s,r=e.key,i=e.type,a=t[n],u=a&&!(2&a.__u);if(a===null&&r==null||u&&r==a.key&&i==a.type)return n;if(o>(u?1:0)){for(s=n-1;s>=0;s--)if((a=t[s])&&!(2&a.__u)&&r==a.key&&i==a.type)return s;for(s=n+1;s<t.length;s++)if((a=t[s])&&!(2&a.__u)&&r==a.key&&i==a.type)return s}return-1}function Ys(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function vn(e,t,n,o,s){var r,i;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Ys(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Ys(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(i=Oo[t]||(Oo[t]=Qa(t)),(e.__a||(e.__a={}))[t]=Ro,r=t!=(t=t.replace(Xs,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,i,r):e.removeEventListener(t,i,r));else{if(s=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function Qa(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[yn]==null)t[yn]=Ro++;else if(t[yn]<this.__a[e])return;return n(O.event?O.event(t):t)}}}function Do(e,t,n,o,s,r,i,a,u,c){var f,p,m,d,b,y,x,A,g,_,S,q,z,we,se,Gs,Ee,Pe,$e=t.type;if(t.constructor!==Bt)return null;128&n.__u&&(u=32&n.__u,f=n.__c.__z)&&(t.__u|=u,p=r=[],f.nodeType==8?a=_n(f,r):r.push(f),a=r[0]||a),(f=O.__b)&&f(t);e:if(typeof $e=="function"){m=i.length;try{if(A=t.props,g=(f=$e.prototype)&&f.render,_=(f=$e.contextType)&&o[f.__c],S=f?_?_.props.value:f.__:o,(d=n.__c)?(t.__c=d,2&d.__g&&(d.__g|=1)):(g?t.__c=d=new $e(A,S):(t.__c=d=new He(A,S),d.constructor=$e,d.render=tu),_&&_.sub(d),d.state||(d.state={}),d.__n=o,d.__g|=8,d.__h=[],d.__k=[]),g&&(d.__s||(d.__s=d.state),$e.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=Ve({},d.__s)),Ve(d.__s,$e.getDerivedStateFromProps(A,d.__s)))),b=d.props,y=d.state,d.__v=t,n.__c){if(A!==b&&g&&!$e.getDerivedStateFromProps&&d.componentWillReceiveProps&&d.componentWillReceiveProps(A,S),t.__v==n.__v&&!(8&d.__g)||!(4&d.__g)&&d.shouldComponentUpdate&&d.shouldComponentUpdate(A,d.__s,S)===!1){t.__v!=n.__v&&(d.props=A,d.state=d.__s,d.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(fe){fe&&(fe.__=t)}),wn.push.apply(d.__h,d.__k),d.__k=[],d.__h.length&&i.push(d),a=Ae(n);break e}d.componentWillUpdate&&d.componentWillUpdate(A,d.__s,S),g&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(b,y,x)})}else g&&!$e.getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),g&&d.componentDidMount&&d.__h.push(d.componentDidMount);d.context=S,d.props=A,d.__P=e,d.__g&=-5,q=O.__r,z=g?25:0;do d.__g&=-9,q&&q(t),f=d.render(d.props,d.state=d.__s,d.context);while(8&d.__g&&++z<25);g&&(wn.push.apply(d.__h,d.__k),d.__k=[]),d.state=d.__s,d.getChildContext&&(o=Ve({},o,d.getChildContext())),g&&n.__c&&d.getSnapshotBeforeUpdate&&(x=d.getSnapshotBeforeUpdate(b,y)),we=f&&f.type===Ie&&f.key==null?f.props.children:f,A.__P&&(f=a,s=(e=A.__P).namespaceURI,u=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(fe){fe&&Uo(fe,fe)}),n.__k=null),a=n.__k?Ae(n,0):null),a=Js(e,Mo(we)?we:[we],t,n,o,s,r,i,a,u,c),A.__P&&(t.__e=null,a=f),t.__u&=-161,p&&p.some(We),d.__h.length&&i.push(d),1&d.__g&&(d.__g&=-4)}catch(fe){if(i.length=m,t.__v=null,u||r)if(fe&&fe.then){if(t.__u|=128|u,r){for(~(Ee=r.indexOf(a||void 0))||(Ee=r.length);(Pe=r[Ee-1])&&Pe.nodeType==8;)Ee--;for(;Ee<r.length;Ee++)if(Pe=r[Ee])if(r[Ee]=null,se){if(Pe==Gs)break}else{if(Pe.nodeType!=8)break;Pe.data.startsWith("$s")&&(Gs=_n(se=Pe))}}if(!se){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;se=a}(f=_n(se=t.__c.__z||(t.__c.__z=se)))?(t.__e=se,a=f):t.__e=a,a=a&&a.nextSibling}else r&&r.some(We);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),fe&&fe.then||er(t),O.__e(fe,t,n)}}else a=t.__e=eu(n.__e,t,n,o,s,r,i,u,c,e);return(f=O.diffed)&&f(t),a}function _n(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function er(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(er))}function tr(e,t,n){for(var o=0;o<n.length;)Fo(n[o++],n[o++],n[o++]);O.__c&&O.__c(t,e),e.some(function(s){try{e=s.__h,s.__h=[],e.some(function(r){r.call(s)})}catch(r){O.__e(r,s.__v)}})}function eu(e,t,n,o,s,r,i,a,u,c){var f,p,m,d,b,y,x,A,g=n.props||bn,_=t.props,S=t.type;if(S=="svg"?s="http://www.w3.org/2000/svg":S=="math"?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r){for(f=0;f<r.length;f++)if((b=r[f])&&(S?b.localName==S:b.nodeType==3)){e=b,r[f]=null;break}}if(!e){if(A=c.ownerDocument||document,!S)return A.createTextNode(_);e=A.createElementNS(s,S,_.is?_:c),a&&(O.__m&&O.__m(t,r),a=!1),r=null}if(S){if(c=S=="template"&&e.content||e,r=S=="textarea"&&_.defaultValue!=null?null:r&&Lo.call(c.childNodes),!a&&r)for(g={},f=0;f<e.attributes.length;f++)g[(b=e.attributes[f]).name]=b.value;for(f in g)b=g[f],f=="dangerouslySetInnerHTML"?m=b:f=="children"||f in _||f=="value"&&"defaultValue"in _||f=="checked"&&"defaultChecked"in _||vn(e,f,null,b,s);for(f in _)b=_[f],f=="children"?d=b:f=="dangerouslySetInnerHTML"?p=b:f=="value"?y=b:f=="checked"?x=b:a&&typeof b!="function"||g[f]===b||vn(e,f,b,g[f],s);p?(a||m&&(p.__html==m.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(m&&(e.textContent=""),(S=="foreignObject"||s=="http://www.w3.org/1998/Math/MathML"&&Xa.test(S))&&(s="http://www.w3.org/1999/xhtml"),Js(c,Mo(d)?d:[d],t,n,o,s,r,i,r?r[0]:n.__k&&Ae(n,0),a,u),r&&r.some(We)),a&&S!="textarea"||(f="value",S=="progress"&&y==null?e.removeAttribute(f):y==null||y===e[f]&&(S!="progress"||y)||vn(e,f,y,g[f],s),f="checked",x!=null&&x!=e[f]&&vn(e,f,x,g[f],s))}else g===_||a&&e.data==_||(e.data=_);return e}function Fo(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(s){O.__e(s,n)}}function Uo(e,t,n){var o,s,r,i;if(O.unmount&&O.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||Fo(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){O.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(i=0;i<o.length;i++)o[i]&&Uo(o[i],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(s=_n(o,r=[]))&&(o==e.__e&&r.some(We),We(s),We(o)),n||We(e.__e),e.__e=e.__c=e.__=null}function tu(e,t,n){return this.constructor(e,n)}function Bo(e,t){var n,o,s,r;O.__&&O.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Ut(Ie,{children:[e]}),s=[],r=[],Do(t,t.__k,o||bn,bn,t.namespaceURI,o?null:t.firstChild?Lo.call(t.childNodes):null,s,o?o.__e:t.firstChild,n,r),tr(s,t.__k,r),t.__k.props.children=null}O={__e:function(e,t,n,o){for(var s,r,i;t=t.__;)if((s=t.__c)&&!(1&s.__g)){s.__g|=4;try{if((i=(r=s.constructor)&&r.getDerivedStateFromError)&&s.setState(r.getDerivedStateFromError(e)),s.componentDidCatch&&(s.componentDidCatch(e,o||{}),i=1),i&&8&s.__g)return void(s.__g|=2)}catch(a){e=a}}throw gn=0,e}},Ks=0,Co=function(e){return e!=null&&e.constructor===Bt},He.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=Ve({},this.state)),typeof e=="function"&&(e=e(Ve({},n),this.props)),e&&(Ve(n,e),this.__v&&(t&&this.__k.push(t),qs(this)))},He.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),qs(this))},He.prototype.render=Ie,Ne=[],gn=0,js=function(e,t){return e.__v.__b-t.__v.__b},yn=Symbol(),Xs=/(PointerCapture)$|Capture$/i,Ro=0,Oo={},ja=0;var or=function(e,t,n,o){var s;t[0]=0;for(var r=1;r<t.length;r++){var i=t[r++],a=t[r]?(t[0]|=i?1:2,n[t[r++]]):t[++r];i===3?o[0]=a:i===4?o[1]=Object.assign(o[1]||{},a):i===5?(o[1]=o[1]||{})[t[++r]]=a:i===6?o[1][t[++r]]+=a+"":i?(s=e.apply(a,or(e,a,n,["",null])),o.push(s),a[0]?t[0]|=2:(t[r-2]=0,t[r]=s)):o.push(a)}return o},nr=new Map;function sr(e){var t=nr.get(this);return t||(t=new Map,nr.set(this,t)),(t=or(this,t.get(e)||(t.set(e,t=(function(n){for(var o,s,r=1,i="",a="",u=[0],c=function(m){r===1&&(m||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?u.push(0,m,i):r===3&&(m||i)?(u.push(3,m,i),r=2):r===2&&i==="..."&&m?u.push(4,m,0):r===2&&i&&!m?u.push(5,0,!0,i):r>=5&&((i||!m&&r===5)&&(u.push(r,0,i,s),r=6),m&&(u.push(r,m,0,s),r=6)),i=""},f=0;f<n.length;f++){f&&(r===1&&c(),c(f));for(var p=0;p<n[f].length;p++)o=n[f][p],r===1?o==="<"?(c(),u=[u],r=3):i+=o:r===4?i==="--"&&o===">"?(r=1,i=""):i=o+i[0]:a?o===a?a="":i+=o:o==='"'||o==="'"?a=o:o===">"?(c(),r=1):r&&(o==="="?(r=5,s=i,i=""):o==="/"&&(r<5||n[f][p+1]===">")?(c(),r===3&&(u=u[0]),r=u,(u=u[0]).push(2,0,r),r=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),r=2):i+=o),r===3&&i==="!--"&&(r=4,u=u[0])}return c(),u})(e)),t),arguments,[])).length>1?t:t[0]}var Ge,K,Po,rr,Wo=Object.is,Sn=0,mr=[],Vo=[],Y=O,ir=Y.__b,ar=Y.__r,ur=Y.diffed,lr=Y.__c,cr=Y.unmount,fr=Y.__;function Wt(e,t){Y.__h&&Y.__h(K,e,Sn||t),Sn=0;var n=K.__H||(K.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function Go(e){return Sn=1,nu(hr,e)}function nu(e,t,n){var o=Wt(Ge++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):hr(void 0,t),function(r){var i=(o.__N||o.__)[0],a=o.t(i,r);Wo(i,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=K,!K.__f)){K.__f=!0;var s=K.shouldComponentUpdate;K.shouldComponentUpdate=function(r,i,a){var u=this.__H;if(!u)return!0;var c=!1,f=this.props!=r;if(u.__.some(function(m){m.__N&&(c=!0,Wo(m.__[0],m.__N[0])||(f=!0))}),s){var p=s.call(this,r,i,a);return c?p||f:p}return!c||f}}return o.__}function I(e,t){var n=Wt(Ge++,3);!Y.__s&&qo(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,K.__H.__h.push(n))}function xn(e,t){var n=Wt(Ge++,4);!Y.__s&&qo(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,K.__h.push(n))}function H(e){return Sn=5,qe(function(){return{current:e}},[])}function qe(e,t){var n=Wt(Ge++,7);return qo(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Vt(){var e=Wt(Ge++,11);if(!e.__){for(var t=K.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function ou(){var e;do{for(;e=Vo.shift();)try{Pt(e)}catch(n){Y.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=mr.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Pt),t.__h.some(Ho),t.__h=[]}catch(n){t.__h=[],Y.__e(n,e.__v)}}}while(Vo.length)}Y.__b=function(e){K=null,ir&&ir(e)},Y.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),fr&&fr(e,t)},Y.__r=function(e){ar&&ar(e),Ge=0;var t=(K=e.__c).__H;t&&(Po==K?K.__h=[]:(t.__h.some(Pt),t.__h.some(Ho),Ge=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Po=K},Y.diffed=function(e){ur&&ur(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&dr(mr.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Po=K=null},Y.__c=function(e,t){t.some(function(n){try{n.__h.some(Pt),n.__h=n.__h.filter(function(o){return!o.__||Ho(o)})}catch(o){n.__h=[function(){throw o}]}}),lr&&lr(e,t)},Y.unmount=function(e){cr&&cr(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(s){try{if(s.__P&&s.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}s.__P=n,dr(Vo.push(s))}else Pt(s)}catch(r){t=r}}),o.__H=void 0,t&&Y.__e(t,o.__v))};var pr=typeof requestAnimationFrame=="function";function su(e){var t,n=function(){clearTimeout(o),pr&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);pr&&(t=requestAnimationFrame(n))}function dr(e){e!=1&&rr==Y.requestAnimationFrame||((rr=Y.requestAnimationFrame)||su)(ou)}function Pt(e){var t=K,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),K=t}function Ho(e){var t=K;e.__c=e.__(),K=t}function qo(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Wo(n,e[o])})}function hr(e,t){return typeof t=="function"?t(e):t}var ru=Symbol.for("preact-signals");function An(){if(Se>1)Se--;else{var e,t=!1;for((function(){var s=En;for(En=void 0;s!==void 0;){var r=s.S;if(r.v===s.v)for(var i=r.t;i!==void 0;i=i.x)i.i===s.i&&(i.i=r.i);s=s.o}})();Gt!==void 0;){var n=Gt;for(Gt=void 0,kn++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&yr(n))try{n.c()}catch(s){t||(e=s,t=!0)}n=o}}if(kn=0,Se--,t)throw e}}function xe(e){if(Se>0)return e();Yo=++iu,Se++;try{return e()}finally{An()}}var Ht,B=void 0;function Te(e){var t=B,n=Ht;B=void 0,Ht=void 0;try{return e()}finally{B=t,Ht=n}}var Gt=void 0,Se=0,kn=0,iu=0,Yo=0,En=void 0,Nn=0;function vr(e){if(B!==void 0){var t=e.n;if(t===void 0||t.t!==B)return t={i:0,S:e,p:B.s,n:void 0,t:B,e:void 0,x:void 0,r:t},B.s!==void 0&&(B.s.n=t),B.s=t,e.n=t,32&B.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=B.s,t.n=void 0,B.s.n=t,B.s=t),t}}function X(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}X.prototype.brand=ru;X.prototype.h=function(){return!0};X.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Te(function(){var o;(o=t.W)==null||o.call(t)}))};X.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Te(function(){var s;(s=t.Z)==null||s.call(t)}))}};X.prototype.subscribe=function(e){var t=this;return Z(function(){var n=t.value;Te(function(){return e(n)})},{name:"sub"})};X.prototype.valueOf=function(){return this.value};X.prototype.toString=function(){return this.value+""};X.prototype.toJSON=function(){return this.value};X.prototype.peek=function(){var e=this;return Te(function(){return e.value})};Object.defineProperty(X.prototype,"value",{get:function(){var e=vr(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(kn>100)throw new Error("Cycle detected");(function(n){Se!==0&&kn===0&&n.l!==Yo&&(n.l=Yo,En={S:n,v:n.v,i:n.i,o:En})})(this),this.v=e,this.i++,Nn++,Se++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{An()}}}});function $(e,t){return new X(e,t)}function yr(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function _r(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function gr(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function Ye(e,t){X.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Nn-1,this.f=4}Ye.prototype=new X;Ye.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Nn))return!0;if(this.g=Nn,this.f|=1,this.i>0&&!yr(this))return this.f&=-2,!0;var e=B;try{_r(this),B=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return B=e,gr(this),this.f&=-2,!0};Ye.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}X.prototype.S.call(this,e)};Ye.prototype.U=function(e){if(this.t!==void 0&&(X.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};Ye.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(Ye.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=vr(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function R(e,t){return new Ye(e,t)}function br(e){var t=e.j;if(e.j=void 0,typeof t=="function"){Se++;var n=B;B=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,Ko(e),o}finally{B=n,An()}}}function Ko(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,br(e)}function au(e){if(B!==this)throw new Error("Out-of-order effect");gr(this),B=e,this.f&=-2;try{8&this.f&&Ko(this)}finally{An()}}function ct(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Ht&&Ht.push(this)}ct.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};ct.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,br(this),_r(this),Se++;var e=B;return B=this,au.bind(this,e)};ct.prototype.N=function(){2&this.f||(this.f|=2,this.u=Gt,Gt=this)};ct.prototype.d=function(){this.f|=8,1&this.f||Ko(this)};ct.prototype.dispose=function(){this.d()};function Z(e,t){var n=new ct(e,t);try{n.c()}catch(s){throw n.d(),s}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var wr,Tn,In,uu=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var $r=[];Z(function(){wr=this.N})();function ft(e,t){O[e]=t.bind(null,O[e]||function(){})}function qt(e){if(In){var t=In;In=void 0,t()}In=e&&e.S()}function Sr(e){var t=this,n=e.data,o=w(n);o.name="ReactiveDom",o.value=n;var s=qe(function(){for(var a=t,u=t.__v;u=u.__;)if(u.__c){u.__c.__$f|=4;break}var c=R(function(){var d=o.value.value;return d===0?0:d===!0?"":d||""}),f=R(function(){return!Array.isArray(c.value)&&!Co(c.value)}),p=Z(function(){if(this.N=xr,f.value){var d=c.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=d)}}),m=t.__$u.d;return t.__$u.d=function(){p(),m.call(this)},[f,c]},[]),r=s[0],i=s[1];return r.value?i.peek():i.value}Sr.displayName="ReactiveTextNode";Object.defineProperties(X.prototype,{constructor:{configurable:!0,value:$n(Ie,null).constructor},type:{configurable:!0,value:Sr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});ft("__b",function(e,t){if(qt(),Tn=void 0,typeof t.type=="string"){var n,o=t.props;for(var s in o)if(s!=="children"){var r=o[s];r instanceof X&&(n||(t.__np=n={}),n[s]=r,o[s]=r.peek())}}e(t)});ft("__r",function(e,t){if(e(t),t.type!==Ie){qt();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(s,r){var i;return Z(function(){i=this},{name:r}),i.c=s,i})((function(s){return function(){var r;uu&&((r=this.y)==null||r.call(this)),s.__$f|=1,s.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Tn=o,qt(n)}});ft("__e",function(e,t,n,o){qt(),Tn=void 0,e(t,n,o)});ft("diffed",function(e,t){qt(),Tn=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,s=t.props,r=n.U;if(r)for(var i in r){var a=r[i];a===void 0||o&&i in o||(a.d(),r[i]=void 0)}if(o){r||(r={},n.U=r);for(var u in o){var c=r[u],f=o[u];c===void 0?(c=lu(n,u,f,s),r[u]=c):c.o(f,s)}}}e(t)});function lu(e,t,n,o){var s=t in e&&e.ownerSVGElement===void 0,r=$(n);return{o:function(i,a){r.value=i,o=a},d:Z(function(){this.N=xr;var i=r.value.value;o[t]!==i&&(o[t]=i,s?e[t]=i:i!=null&&(i!==!1||t[4]==="-")?e.setAttribute(t,i):e.removeAttribute(t))})}}ft("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var s in o){var r=o[s];r&&r.d()}}}var i=t.__np;if(i){var a=t.props;for(var u in i)a[u]=i[u]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var f=c.__$u;f&&(c.__$u=void 0,f.d())}}e(t)});ft("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});He.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var s in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var r=2&this.__$f;if(!(o||r||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var i in e)if(i!=="__source"&&e[i]!==this.props[i])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function w(e,t){return qe(function(){return $(e,t)},[])}var cu=function(e){queueMicrotask(function(){queueMicrotask(e)})};function fu(){xe(function(){for(var e;e=$r.shift();)wr.call(e)})}function xr(){$r.push(this)===1&&(O.requestAnimationFrame||cu)(fu)}function jo(e,t){return e!==null&&typeof e=="object"&&"$typeName"in e&&typeof e.$typeName=="string"?t===void 0?!0:t.typeName===e.$typeName:!1}var v;(function(e){e[e.DOUBLE=1]="DOUBLE",e[e.FLOAT=2]="FLOAT",e[e.INT64=3]="INT64",e[e.UINT64=4]="UINT64",e[e.INT32=5]="INT32",e[e.FIXED64=6]="FIXED64",e[e.FIXED32=7]="FIXED32",e[e.BOOL=8]="BOOL",e[e.STRING=9]="STRING",e[e.BYTES=12]="BYTES",e[e.UINT32=13]="UINT32",e[e.SFIXED32=15]="SFIXED32",e[e.SFIXED64=16]="SFIXED64",e[e.SINT32=17]="SINT32",e[e.SINT64=18]="SINT64"})(v||(v={}));function Er(){let e=this.buf,t=this.pos,n=0,o=0;for(let r=0;r<28;r+=7){let i=e[t++];if(n|=(i&127)<<r,(i&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}let s=e[t++];if(n|=(s&15)<<28,o=(s&112)>>4,(s&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}for(let r=3;r<=31;r+=7){let i=e[t++];if(o|=(i&127)<<r,(i&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}throw new Error("invalid varint")}var On=4294967296;function Xo(e){let t=e[0]==="-";t&&(e=e.slice(1));let n=1e6,o=0,s=0;function r(i,a){let u=Number(e.slice(i,a));s*=n,o=o*n+u,o>=On&&(s=s+(o/On|0),o=o%On)}return r(-24,-18),r(-18,-12),r(-12,-6),r(-6),t?Ar(o,s):Zo(o,s)}function Nr(e,t){let n=Zo(e,t),o=n.hi&2147483648;o&&(n=Ar(n.lo,n.hi));let s=zo(n.lo,n.hi);return o?"-"+s:s}function zo(e,t){if({lo:e,hi:t}=pu(e,t),t<=2097151)return String(On*t+e);let n=e&16777215,o=(e>>>24|t<<8)&16777215,s=t>>16&65535,r=n+o*6777216+s*6710656,i=o+s*8147497,a=s*2,u=1e7;return r>=u&&(i+=Math.floor(r/u),r%=u),i>=u&&(a+=Math.floor(i/u),i%=u),a.toString()+kr(i)+kr(r)}function pu(e,t){return{lo:e>>>0,hi:t>>>0}}function Zo(e,t){return{lo:e|0,hi:t|0}}function Ar(e,t){return t=~t,e?e=~e+1:t+=1,Zo(e,t)}var kr=e=>{let t=String(e);return"0000000".slice(t.length)+t};function Ir(e,t){if(e>>>0<128){t.push(e);return}if(e>=0){for(;e>127;)t.push(e&127|128),e=e>>>7;t.push(e)}else{for(let n=0;n<9;n++)t.push(e&127|128),e=e>>7;t.push(1)}}function Tr(){let e=this.buf[this.pos++];if((e&128)===0)return this.assertBounds(),e;let t=e&127;if(e=this.buf[this.pos++],t|=(e&127)<<7,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<14,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<21,(e&128)===0)return this.assertBounds(),t;e=this.buf[this.pos++],t|=(e&15)<<28;for(let n=5;(e&128)!==0&&n<10;n++)e=this.buf[this.pos++];if((e&128)!==0)throw new Error("invalid varint");return this.assertBounds(),t>>>0}var ne=du();function du(){let e=new DataView(new ArrayBuffer(8));if(typeof BigInt=="function"&&typeof e.getBigInt64=="function"&&typeof e.getBigUint64=="function"&&typeof e.setBigInt64=="function"&&typeof e.setBigUint64=="function"&&(!!globalThis.Deno||!!globalThis.Bun||typeof process!="object"||typeof process.env!="object"||process.env.BUF_BIGINT_DISABLE!=="1")){let n=BigInt("-9223372036854775808"),o=BigInt("9223372036854775807"),s=BigInt("0"),r=BigInt("18446744073709551615");return{zero:BigInt(0),supported:!0,parse(i){let a=typeof i=="bigint"?i:BigInt(i);if(a>o||a<n)throw new Error(`invalid int64: ${i}`);return a},uParse(i){let a=typeof i=="bigint"?i:BigInt(i);if(a>r||a<s)throw new Error(`invalid uint64: ${i}`);return a},enc(i){return e.setBigInt64(0,this.parse(i),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(i){return e.setBigInt64(0,this.uParse(i),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec(i,a){return e.setInt32(0,i,!0),e.setInt32(4,a,!0),e.getBigInt64(0,!0)},uDec(i,a){return e.setInt32(0,i,!0),e.setInt32(4,a,!0),e.getBigUint64(0,!0)}}}return{zero:"0",supported:!1,parse(n){return typeof n!="string"&&(n=n.toString()),Or(n),n},uParse(n){return typeof n!="string"&&(n=n.toString()),Cr(n),n},enc(n){return typeof n!="string"&&(n=n.toString()),Or(n),Xo(n)},uEnc(n){return typeof n!="string"&&(n=n.toString()),Cr(n),Xo(n)},dec(n,o){return Nr(n,o)},uDec(n,o){return zo(n,o)}}}function Or(e){if(!/^-?[0-9]+$/.test(e))throw new Error("invalid int64: "+e)}function Cr(e){if(!/^[0-9]+$/.test(e))throw new Error("invalid uint64: "+e)}function Yt(e,t){switch(e){case v.STRING:return"";case v.BOOL:return!1;case v.DOUBLE:case v.FLOAT:return 0;case v.INT64:case v.UINT64:case v.SFIXED64:case v.FIXED64:case v.SINT64:return t?"0":ne.zero;case v.BYTES:return new Uint8Array(0);default:return 0}}function Ke(e,t,n){t==="__proto__"?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function Kt(e){return e!==null&&typeof e=="object"&&!Array.isArray(e)}function Cn(e){let t=e.fields[0];return hu(e.typeName)&&t!==void 0&&t.fieldKind=="scalar"&&t.name=="value"&&t.number==1}var mu=new Set(["google.protobuf.DoubleValue","google.protobuf.FloatValue","google.protobuf.Int64Value","google.protobuf.UInt64Value","google.protobuf.Int32Value","google.protobuf.UInt32Value","google.protobuf.BoolValue","google.protobuf.StringValue","google.protobuf.BytesValue"]);function hu(e){return mu.has(e)}var vu=999,yu=998,Mr=2;function pe(e,t){return jo(t,e)?t:Lr(e)(t)}var Rr=new WeakMap;function Lr(e){let t=Rr.get(e);return t===void 0&&(t=_u(e),Rr.set(e,t)),t}var Jo=0,Dr=1,Fr=2,Ur=3;function _u(e){let t=e.typeName,{properties:n,prototype:o}=gu(e);return s=>{let r;o!==void 0?(r=Object.create(o),r.$typeName=t):r={$typeName:t};for(let i=0;i<n.length;i++){let a=n[i],u=a.name,c=s?.[u];switch(a.kind){case Jo:c!=null?r[u]=a.convert!==void 0?a.convert(c):c:a.constant!==void 0&&(r[u]=a.constant);break;case Dr:r[u]=a.convert!==void 0&&Array.isArray(c)?c.map(a.convert):c??[];break;case Fr:if(a.convert===void 0||!Kt(c))r[u]=c??{};else{let f={},p=Object.keys(c);for(let m=0;m<p.length;m++)Ke(f,p[m],a.convert(c[p[m]]));r[u]=f}break;case Ur:{let f=c;if(f?.case!=null){let p=a.convert.get(f.case);if(p!==void 0){r[u]={case:f.case,value:p(f.value)};break}}r[u]={case:void 0};break}}}return r}}function gu(e){var t,n;let o=[],s={},r=wu(e);for(let i of e.members){let a=i.localName;if(i.kind=="oneof"){o.push({name:a,kind:Ur,constant:void 0,convert:bu(i)});continue}switch(i.fieldKind){case"message":{o.push({name:a,kind:Jo,constant:void 0,convert:Rn(i)});break}case"list":{o.push({name:a,kind:Dr,constant:void 0,convert:i.listKind=="message"?(t=Rn(i))!==null&&t!==void 0?t:(u=>u):i.scalar==v.BYTES?jt:void 0});break}case"map":{o.push({name:a,kind:Fr,constant:void 0,convert:i.mapKind=="message"?(n=Rn(i))!==null&&n!==void 0?n:(u=>u):i.scalar==v.BYTES?jt:void 0});break}default:{let u=$u(i);o.push({name:a,kind:Jo,constant:i.presence==Mr?u:void 0,convert:i.fieldKind=="scalar"&&i.scalar==v.BYTES?jt:void 0}),r&&(s[a]=u);break}}}return{properties:o,prototype:r?s:void 0}}function bu(e){let t=new Map;for(let n of e.fields){let o;n.fieldKind=="message"?o=Rn(n):n.fieldKind=="scalar"&&n.scalar==v.BYTES&&(o=jt),t.set(n.localName,o??(s=>s))}return t}function Rn(e){if(e.fieldKind=="message"&&!e.oneof&&Cn(e.message))return e.message.fields[0].scalar==v.BYTES?jt:void 0;if(e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!=="google.protobuf.Value")return;let t=e.message,n;return o=>!Kt(o)||jo(o,t)?o:(n??(n=Lr(t)),n(o))}function jt(e){return Array.isArray(e)?new Uint8Array(e):e}function wu(e){switch(e.file.edition){case vu:return!1;case yu:return!0;default:return e.fields.some(t=>t.presence!=Mr&&t.fieldKind!="message"&&!t.oneof)}}function $u(e){let t=e.getDefaultValue();return t!==void 0?e.fieldKind=="scalar"&&e.longAsString?t.toString():t:e.fieldKind=="scalar"?Yt(e.scalar,e.longAsString):e.enum.values[0].number}var Mn=class extends Error{constructor(t,n,o="FieldValueInvalidError"){super(n),this.name=o,this.field=()=>t}};var Qo;function Su(e){var t;Qo=Object.assign(Object.assign({},e),{encodeUtf8Into:(t=e.encodeUtf8Into)!==null&&t!==void 0?t:ts(e.encodeUtf8.bind(e))})}function es(){if(!Qo){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw new Error("encoding API missing: install TextEncoder and TextDecoder on globalThis");let t=new e.TextEncoder,n=new e.TextDecoder("utf-8",{ignoreBOM:!0}),o,s={encodeUtf8(i){return t.encode(i)},decodeUtf8(i,a){return a?(o||(o=new e.TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0})),o.decode(i)):n.decode(i)},checkUtf8(i){try{return encodeURIComponent(i),!0}catch{return!1}}};t.encodeInto&&(s.encodeUtf8Into=t.encodeInto.bind(t));let r=String.prototype.isWellFormed;r&&(s.checkUtf8=i=>r.call(i)),Su(s)}return Qo}function ts(e){return(t,n)=>{let o=e(t);return n.set(o),{written:o.byteLength}}}var P;(function(e){e[e.Varint=0]="Varint",e[e.Bit64=1]="Bit64",e[e.LengthDelimited=2]="LengthDelimited",e[e.StartGroup=3]="StartGroup",e[e.EndGroup=4]="EndGroup",e[e.Bit32=5]="Bit32"})(P||(P={}));var xu=4294967295,ku=2147483647,Eu=-2147483648,Ln=class{constructor(t){this.stackPos=[],this.encodeUtf8Into=t?ts(t):es().encodeUtf8Into,this.buffer=Pr,this.viewCache=Au,this.pos=0}ensureCapacity(t){let n=this.pos+t;if(n>this.buffer.length){let o=this.buffer.length||Nu;for(;o<n;)o*=2;let s=new Uint8Array(o);this.pos>0&&s.set(this.buffer),this.buffer=s}}view(){let t=this.buffer,n=this.viewCache;if(n.byteLength===t.byteLength)return n;let o=new DataView(t.buffer);return this.viewCache=o,o}finish(){let t=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],t}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(Xt),this.buffer[this.pos++]=0,this}join(){let t=this.stackPos.pop();if(t===void 0)throw new Error("invalid state, fork stack empty");let n=this.pos-t-Xt,o=ns(n);return o>Xt&&(this.ensureCapacity(o-Xt),this.buffer.copyWithin(t+o,t+Xt,this.pos)),this.pos=t,this.uint32(n),this.pos+=n,this}tag(t,n){return this.uint32((t<<3|n)>>>0)}raw(t){return this.ensureCapacity(t.length),this.buffer.set(t,this.pos),this.pos+=t.length,this}uint32(t){if(Br(t),this.ensureCapacity(5),t<128)return this.buffer[this.pos++]=t,this;for(;t>127;)this.buffer[this.pos++]=t&127|128,t>>>=7;return this.buffer[this.pos++]=t,this}int32(t){if(os(t),t>=0)return this.uint32(t);this.ensureCapacity(10);for(let n=0;n<9;n++)this.buffer[this.pos++]=t&127|128,t>>=7;return this.buffer[this.pos++]=1,this}bool(t){return this.ensureCapacity(1),this.buffer[this.pos++]=t?1:0,this}bytes(t){return this.uint32(t.byteLength),this.raw(t)}string(t){typeof t!="string"&&(t=String(t));let n=t.length;if(n<=Wr){this.ensureCapacity(n+1);let u=this.buffer,c=this.pos;u[c++]=n;let f=0;for(;f<n;f++){let p=t.charCodeAt(f);if(p>127)break;u[c++]=p}if(f==n)return this.pos=c,this}this.ensureCapacity(n*3+5);let o=ns(n),s=this.buffer,r=this.pos,{written:i}=this.encodeUtf8Into(t,s.subarray(r+o)),a=ns(i);return a!=o&&s.copyWithin(r+a,r+o,r+o+i),this.uint32(i),this.pos+=i,this}float(t){return Iu(t),this.ensureCapacity(4),this.view().setFloat32(this.pos,t,!0),this.pos+=4,this}double(t){return this.ensureCapacity(8),this.view().setFloat64(this.pos,t,!0),this.pos+=8,this}fixed32(t){return Br(t),this.ensureCapacity(4),this.view().setUint32(this.pos,t,!0),this.pos+=4,this}sfixed32(t){return os(t),this.ensureCapacity(4),this.view().setInt32(this.pos,t,!0),this.pos+=4,this}sint32(t){return os(t),this.uint32((t<<1^t>>31)>>>0)}sfixed64(t){let n=ne.enc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}fixed64(t){let n=ne.uEnc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}int64(t){let n=ne.enc(t);return this.writeVarint64(n.lo,n.hi)}sint64(t){let n=ne.enc(t),o=n.hi>>31,s=n.lo<<1^o,r=(n.hi<<1|n.lo>>>31)^o;return this.writeVarint64(s,r)}uint64(t){let n=ne.uEnc(t);return this.writeVarint64(n.lo,n.hi)}writeVarint64(t,n){this.ensureCapacity(10);let o=this.buffer,s=this.pos;for(let a=0;a<28;a=a+7){let u=t>>>a,c=!(!(u>>>7)&&n==0);if(o[s++]=(c?u|128:u)&255,!c)return this.pos=s,this}let r=t>>>28&15|(n&7)<<4,i=n>>3!=0;if(o[s++]=(i?r|128:r)&255,!i)return this.pos=s,this;for(let a=3;a<31;a=a+7){let u=n>>>a,c=!!(u>>>7);if(o[s++]=(c?u|128:u)&255,!c)return this.pos=s,this}return o[s++]=n>>>31&1,this.pos=s,this}},Nu=128,Xt=1,Pr=new Uint8Array(0),Au=new DataView(Pr.buffer),Wr=32;function ns(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var Dn=class{constructor(t,n=es().decodeUtf8){this.decodeUtf8=n,this.varint64Lo=0,this.varint64Hi=0,this.varint64=Er,this.uint32=Tr,this.buf=t,this.len=t.length,this.pos=0,this.view=new DataView(t.buffer,t.byteOffset,t.byteLength)}tag(){let t=this.pos,n=this.uint32(),o=this.pos-t;if(o>5||o==5&&this.buf[this.pos-1]>15)throw new Error("illegal tag: varint overflows uint32");let s=n>>>3,r=n&7;if(s<=0||r>5)throw new Error("illegal tag: field no "+s+" wire type "+r);return[s,r]}skip(t,n,o=100){let s=this.pos;switch(t){case P.Varint:for(;this.buf[this.pos++]&128;);break;case P.Bit64:this.pos+=4;case P.Bit32:this.pos+=4;break;case P.LengthDelimited:let r=this.uint32();this.pos+=r;break;case P.StartGroup:if(o<=0)throw new Error("maximum recursion depth reached");for(;;){let[i,a]=this.tag();if(a===P.EndGroup){if(n!==void 0&&i!==n)throw new Error("invalid end group tag");break}this.skip(a,i,o-1)}break;default:throw new Error("cant skip wire type "+t)}return this.assertBounds(),this.buf.subarray(s,this.pos)}assertBounds(){if(this.pos>this.len)throw new RangeError("premature EOF")}int32(){return this.uint32()|0}sint32(){let t=this.uint32();return t>>>1^-(t&1)}int64(){return this.varint64(),ne.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),ne.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let t=this.varint64Lo,n=this.varint64Hi,o=-(t&1);return t=(t>>>1|(n&1)<<31)^o,n=n>>>1^o,ne.dec(t,n)}bool(){let t=this.buf[this.pos];return t<128?(this.pos++,t!==0):(this.varint64(),this.varint64Lo!==0||this.varint64Hi!==0)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return ne.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return ne.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let t=this.uint32(),n=this.pos;return this.pos+=t,this.assertBounds(),this.buf.subarray(n,n+t)}string(t){let n=this.uint32(),o=this.pos;this.pos+=n,this.assertBounds();let s=this.buf;if(n<=Wr){let r=new Array(n);for(let i=0;i<n;i++){let a=s[o+i];if(a>127)return this.decodeUtf8(s.subarray(o,this.pos),t);r[i]=a}return String.fromCharCode.apply(String,r)}return this.decodeUtf8(s.subarray(o,this.pos),t)}};function os(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid int32: "+typeof e);if(!Number.isInteger(e)||e>ku||e<Eu)throw new Error("invalid int32: "+e)}function Br(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid uint32: "+typeof e);if(!Number.isInteger(e)||e>xu||e<0)throw new Error("invalid uint32: "+e)}function Iu(e){if(typeof e=="string"){let t=e;if(e=Number(e),Number.isNaN(e)&&t!=="NaN")throw new Error("invalid float32: "+t)}else if(typeof e!="number")throw new Error("invalid float32: "+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw new Error("invalid float32: "+e)}var Tu=0;function Oe(e){if(Ou(e))return{toMessage:n=>Vr(n),toLocal:n=>Hr(n)};if(e.fieldKind=="message"&&!e.oneof&&Cn(e.message)){let n=e.message,o=n.fields[0].localName;return{toMessage:s=>{let r=pe(n);return s!==void 0&&(r[o]=s),r},toLocal:s=>s[o]}}let t=e.message;return{toMessage:n=>n===void 0?pe(t):n,toLocal:n=>n}}function Ou(e){return e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!="google.protobuf.Value"}function Vr(e){let t={$typeName:"google.protobuf.Struct",fields:{}};if(Kt(e))for(let n of Object.keys(e))Ke(t.fields,n,qr(e[n]));return t}function Hr(e){let t={};for(let n of Object.keys(e.fields))Ke(t,n,Gr(e.fields[n]));return t}function Gr(e){switch(e.kind.case){case"structValue":return Hr(e.kind.value);case"listValue":return e.kind.value.values.map(Gr);case"nullValue":case void 0:return null;default:return e.kind.value}}function qr(e){let t={$typeName:"google.protobuf.Value",kind:{case:void 0}};switch(typeof e){case"number":t.kind={case:"numberValue",value:e};break;case"string":t.kind={case:"stringValue",value:e};break;case"boolean":t.kind={case:"boolValue",value:e};break;case"object":if(e===null)t.kind={case:"nullValue",value:Tu};else if(Array.isArray(e)){let n={$typeName:"google.protobuf.ListValue",values:[]};if(Array.isArray(e))for(let o of e)n.values.push(qr(o));t.kind={case:"listValue",value:n}}else t.kind={case:"structValue",value:Vr(e)};break}return t}function*Fn(e){switch(e.kind){case"file":for(let t of e.messages)yield t,yield*Fn(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case"message":for(let t of e.nestedMessages)yield t,yield*Fn(t);yield*e.nestedEnums,yield*e.nestedExtensions;break}}function zt(e,t,...n){return n.reduce((o,s)=>o.nestedMessages[s],e.messages[t])}function Zt(e,t,...n){if(n.length==0)return e.enums[t];let o=n.pop();return n.reduce((s,r)=>s.nestedMessages[r],e.messages[t]).nestedEnums[o]}function Jt(e){let t={};for(let n of e.values)t[n.localName]=n.number,t[n.number]=n.localName;return t}function Cu(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}function Bn(e,t,n){let o=pe(e);return ss(e).read(o,new Dn(t),Cu(n),t.byteLength),o}var Yr=new WeakMap;function ss(e){let t=Yr.get(e);return t===void 0&&(t=Ru(e)),t}function Ru(e){let t=String(e),n=new Map,o={read:Mu(t,n),readGroup:Lu(t,n)};Yr.set(e,o);for(let s of e.fields)n.set(s.number,Du(s));return o}function Mu(e,t){return(n,o,s,r)=>{var i;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let a=o.pos+r,u=(i=n.$unknown)!==null&&i!==void 0?i:[];for(;o.pos<a;){let[c,f]=o.tag(),p=t.get(c);if(p===void 0){let m=o.skip(f,c,s.recursionLimit-s.depth);s.readUnknownFields&&u.push({no:c,wireType:f,data:m});continue}p(n,o,s,f)}u.length>0&&(n.$unknown=u),s.depth--}}function Lu(e,t){return(n,o,s,r)=>{var i;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let a,u,c=(i=n.$unknown)!==null&&i!==void 0?i:[];for(;o.pos<o.len&&([a,u]=o.tag(),u!=P.EndGroup);){let f=t.get(a);if(f===void 0){let p=o.skip(u,a,s.recursionLimit-s.depth);s.readUnknownFields&&c.push({no:a,wireType:u,data:p});continue}f(n,o,s,u)}if(u!=P.EndGroup||a!==r)throw new Error("invalid end group tag");c.length>0&&(n.$unknown=c),s.depth--}}function Du(e){switch(e.fieldKind){case"scalar":return Fu(e);case"enum":return Uu(e);case"message":return Bu(e);case"list":return Pu(e);case"map":return Wu(e)}}function Fu(e){let t=Un(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r)=>{s[o]={case:n,value:t(r)}}}return(o,s)=>{o[n]=t(s)}}function Uu(e){var t;let n=e.localName,o=(t=e.oneof)===null||t===void 0?void 0:t.localName;if(e.enum.open)return o!==void 0?(i,a)=>{i[o]={case:n,value:a.int32()}}:(i,a)=>{i[n]=a.int32()};let s=e.enum.values,r=e.number;return(i,a,u,c)=>{var f;let p=a.int32();if(s.some(m=>m.number===p))o!==void 0?i[o]={case:n,value:p}:i[n]=p;else if(u.readUnknownFields){let m=[];Ir(p,m);let d=(f=i.$unknown)!==null&&f!==void 0?f:[];d.push({no:r,wireType:c,data:new Uint8Array(m)}),i.$unknown=d}}}function Bu(e){let t=e.localName,{toMessage:n,toLocal:o}=Oe(e),s=Kr(e);if(e.oneof){let r=e.oneof.localName;return(i,a,u)=>{let c=i[r],f=n(c.case===t?c.value:void 0);s(f,a,u),i[r]={case:t,value:o(f)}}}return(r,i,a)=>{let u=n(r[t]);s(u,i,a),r[t]=o(u)}}function Kr(e){let t=ss(e.message);if(e.delimitedEncoding){let n=e.number;return(o,s,r)=>t.readGroup(o,s,r,n)}return(n,o,s)=>t.read(n,o,s,o.uint32())}function Pu(e){let t=e.localName;if(e.listKind=="message"){let{toMessage:i,toLocal:a}=Oe(e),u=Kr(e);return(c,f,p)=>{let m=i(void 0);u(m,f,p),c[t].push(a(m))}}let n=e.listKind=="enum"?v.INT32:e.scalar,o=e.listKind=="scalar"?e.longAsString:!1,s=Un(n,e.utf8Validation,o),r=n!=v.STRING&&n!=v.BYTES;return(i,a,u,c)=>{let f=i[t];if(c==P.LengthDelimited&&r){let p=a.uint32()+a.pos;for(;a.pos<p;)f.push(s(a))}else f.push(s(a))}}function Wu(e){let t=e.localName,n=Un(e.mapKey,e.utf8Validation,!1),o=Yt(e.mapKey,!1),s,r;switch(e.mapKind){case"scalar":{let i=e.scalar,a=Un(i,e.utf8Validation,!1);if(s=u=>a(u),i==v.BYTES)r=()=>new Uint8Array(0);else{let u=Yt(i,!1);r=()=>u}break}case"enum":{let i=e.enum.values[0].number;s=a=>a.int32(),r=()=>i;break}case"message":{let{toMessage:i,toLocal:a}=Oe(e),u=ss(e.message).read;s=(c,f,p)=>{let m=i(p);return u(m,c,f,c.uint32()),a(m)},r=()=>a(i(void 0));break}}return(i,a,u)=>{let c=i[t],f,p,m=a.uint32(),d=a.pos+m;for(;a.pos<d;){let[b,y]=a.tag();switch(b){case 1:f=n(a);break;case 2:p=s(a,u,p);break;default:a.skip(y,b,u.recursionLimit-u.depth)}}f===void 0&&(f=o),p===void 0&&(p=r()),Ke(c,f,p)}}function Un(e,t,n){switch(e){case v.STRING:return o=>o.string(t);case v.BOOL:return o=>o.bool();case v.DOUBLE:return o=>o.double();case v.FLOAT:return o=>o.float();case v.INT32:return o=>o.int32();case v.INT64:return n?o=>String(o.int64()):o=>o.int64();case v.UINT64:return n?o=>String(o.uint64()):o=>o.uint64();case v.FIXED64:return n?o=>String(o.fixed64()):o=>o.fixed64();case v.BYTES:return o=>o.bytes();case v.FIXED32:return o=>o.fixed32();case v.SFIXED32:return o=>o.sfixed32();case v.SFIXED64:return n?o=>String(o.sfixed64()):o=>o.sfixed64();case v.SINT64:return n?o=>String(o.sint64()):o=>o.sint64();case v.UINT32:return o=>o.uint32();case v.SINT32:return o=>o.sint32()}}var Vu=2,Hu=3,jr={writeUnknownFields:!0};function Gu(e){return e?Object.assign(Object.assign({},jr),e):jr}function Pn(e,t,n){let o=new Ln;return rs(e)(o,Gu(n),t),o.finish()}var Xr=new WeakMap;function rs(e){let t=Xr.get(e);return t===void 0&&(t=qu(e)),t}function qu(e){let t=e.typeName,n=e.fields.concat().sort((i,a)=>i.number-a.number),o=n[0],s=[],r=(i,a,u)=>{if(u.$typeName!==t&&o!==void 0)throw new Mn(o,`cannot use ${o} with message ${u.$typeName}`,"ForeignFieldError");for(let f=0;f<s.length;f++)s[f](i,a,u);let c=u.$unknown;if(c!==void 0&&a.writeUnknownFields)for(let f=0;f<c.length;f++){let{no:p,wireType:m,data:d}=c[f];i.tag(p,m).raw(d)}};Xr.set(e,r);for(let i of n)s.push(Yu(i));return r}function Yu(e){switch(e.fieldKind){case"message":case"scalar":case"enum":return Ku(e);case"list":return Xu(e);case"map":return zu(e)}}function Ku(e){let t=ju(e),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r,i)=>{let a=i[o];a.case===n&&t(s,r,a.value)}}if(e.presence!=Vu){let o=e.presence==Hu?`cannot encode ${e} to binary: required field not set`:void 0;return(s,r,i)=>{let a=i[n];if(a!==void 0&&Object.prototype.hasOwnProperty.call(i,n))t(s,r,a);else if(o!==void 0)throw new Error(o)}}if(e.fieldKind=="enum"){let o=e.enum.values[0].number;return(s,r,i)=>{let a=i[n];a!==o&&t(s,r,a)}}switch(e.scalar){case v.BOOL:return(o,s,r)=>{let i=r[n];i!==!1&&t(o,s,i)};case v.STRING:return(o,s,r)=>{let i=r[n];i!==""&&t(o,s,i)};case v.BYTES:return(o,s,r)=>{let i=r[n];(!(i instanceof Uint8Array)||i.byteLength>0)&&t(o,s,i)};case v.DOUBLE:case v.FLOAT:return(o,s,r)=>{let i=r[n];Object.is(i,0)||t(o,s,i)};default:return(o,s,r)=>{let i=r[n];i!=0&&t(o,s,i)}}}function ju(e){switch(e.fieldKind){case"message":{let{toMessage:t}=Oe(e),n=zr(e);return(o,s,r)=>{n(o,s,t(r))}}case"scalar":case"enum":{let t=e.fieldKind=="enum"?v.INT32:e.scalar,n=e.number,o=Vn(t),s=Wn(t,e.parent.typeName,e.name);return(r,i,a)=>{r.tag(n,o),s(r,a)}}}}function Xu(e){let t=e.localName,n=e.number;switch(e.listKind){case"message":{let{toMessage:o}=Oe(e),s=zr(e);return(r,i,a)=>{let u=a[t];for(let c=0;c<u.length;c++)s(r,i,o(u[c]))}}case"scalar":case"enum":{let o=e.listKind=="enum"?v.INT32:e.scalar,s=Wn(o,e.parent.typeName,e.name);if(e.packed)return(i,a,u)=>{let c=u[t];if(c.length!=0){i.tag(n,P.LengthDelimited).fork();for(let f=0;f<c.length;f++)s(i,c[f]);i.join()}};let r=Vn(o);return(i,a,u)=>{let c=u[t];for(let f=0;f<c.length;f++)i.tag(n,r),s(i,c[f])}}}}function zu(e){let t=e.localName,n=e.number,o=Zu(e);if(e.mapKind=="message"){let{toMessage:a}=Oe(e),u=rs(e.message);return(c,f,p)=>{let m=p[t],d=Object.keys(m);for(let b=0;b<d.length;b++){let y=d[b];c.tag(n,P.LengthDelimited).fork(),o(c,y),c.tag(2,P.LengthDelimited).fork(),u(c,f,a(m[y])),c.join(),c.join()}}}let s=e.mapKind=="enum"?v.INT32:e.scalar,r=Vn(s),i=Wn(s,e.parent.typeName,e.name);return(a,u,c)=>{let f=c[t],p=Object.keys(f);for(let m=0;m<p.length;m++){let d=p[m];a.tag(n,P.LengthDelimited).fork(),o(a,d),a.tag(2,r),i(a,f[d]),a.join()}}}function Zu(e){let t=Vn(e.mapKey),n=Wn(e.mapKey,e.parent.typeName,e.name),o=Ju(e.mapKey);return(s,r)=>{s.tag(1,t),n(s,o(r))}}function Ju(e){switch(e){case v.STRING:return t=>t;case v.BOOL:return t=>t==="true"?!0:t==="false"?!1:t;case v.UINT64:case v.FIXED64:return t=>{try{return ne.uParse(t)}catch{return t}};case v.INT64:case v.SFIXED64:case v.SINT64:return t=>{try{return ne.parse(t)}catch{return t}};default:return t=>{let n=Number.parseInt(t);return Number.isFinite(n)?n:t}}}function Wn(e,t,n){let o=Qu(e);return(s,r)=>{try{o(s,r)}catch(i){throw i instanceof Error?new Error(`cannot encode field ${t}.${n} to binary: ${i.message}`):i}}}function Qu(e){switch(e){case v.STRING:return(t,n)=>t.string(n);case v.BOOL:return(t,n)=>t.bool(n);case v.DOUBLE:return(t,n)=>t.double(n);case v.FLOAT:return(t,n)=>t.float(n);case v.INT32:return(t,n)=>t.int32(n);case v.INT64:return(t,n)=>t.int64(n);case v.UINT64:return(t,n)=>t.uint64(n);case v.FIXED64:return(t,n)=>t.fixed64(n);case v.BYTES:return(t,n)=>t.bytes(n);case v.FIXED32:return(t,n)=>t.fixed32(n);case v.SFIXED32:return(t,n)=>t.sfixed32(n);case v.SFIXED64:return(t,n)=>t.sfixed64(n);case v.SINT64:return(t,n)=>t.sint64(n);case v.UINT32:return(t,n)=>t.uint32(n);case v.SINT32:return(t,n)=>t.sint32(n)}}function zr(e){let t=e.number,n=rs(e.message);return e.delimitedEncoding?(o,s,r)=>{o.tag(t,P.StartGroup),n(o,s,r),o.tag(t,P.EndGroup)}:(o,s,r)=>{o.tag(t,P.LengthDelimited).fork(),n(o,s,r),o.join()}}function Vn(e){switch(e){case v.BYTES:case v.STRING:return P.LengthDelimited;case v.DOUBLE:case v.FIXED64:case v.SFIXED64:return P.Bit64;case v.FIXED32:case v.SFIXED32:case v.FLOAT:return P.Bit32;default:return P.Varint}}function Zr(e,t,...n){if(n.length>0)throw new Error;return e.services[t]}var el=999,tl=1,nl=2,ol=3,sl=9,is=11,rl=12,il=14,al=[["unary","server_streaming"],["client_streaming","bidi_streaming"]];function Ce(e,t=[]){let n=pt("file",e,{name:e.name?.replace(/\.proto$/,""),edition:el,dependencies:t,enums:[],messages:[],extensions:[],services:[],toString:()=>`file ${e.name}`}),o=new as(n);return e.enumType?.forEach(s=>o.addEnum(s)),e.messageType?.forEach(s=>o.addMessage(s)),o.messages.forEach(s=>o.addFields(s)),e.service?.forEach(s=>o.addService(s)),n}var as=class{constructor(t){this.file=t,this.messages=[],this.types=new Map;for(let n of t.dependencies)for(let o of Fn(n))this.types.set(`.${o.typeName}`,o)}type(t,n,o,s){let r=`${o?.typeName??this.file.proto.package}.${n.name}`,i=()=>`${t} ${r}`,a=pt(t,n,{name:n.name,typeName:r,file:this.file,...s,toString:i});return this.types.set(`.${r}`,a),a}addEnum(t,n){let o=t.value??[],s=`${ll(t.name)}_`,i=o.every(({name:u=""})=>u.toLowerCase().startsWith(s)&&/^\D/.test(u.slice(s.length)))?s:void 0,a=this.type("enum",t,n,{parent:n,open:!0,value:{},values:[],sharedPrefix:i});for(let u of o){let{name:c="",number:f=0}=u,p=c.slice(i?.length),d=pt("enum_value",u,{parent:a,name:c,localName:p,number:f,jsonName:c,toString:()=>`enum value ${a.typeName}.${c}`});a.values.push(d),a.value[f]??=d}(n?.nestedEnums??this.file.enums).push(a)}addMessage(t,n){let o={fields:[],oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[]},s=this.type("message",t,n,{parent:n,field:{},...o});t.options?.mapEntry||(n?.nestedMessages??this.file.messages).push(s),t.enumType?.forEach(r=>this.addEnum(r,s)),t.nestedType?.forEach(r=>this.addMessage(r,s)),this.messages.push(s)}addFields(t){let n=(t.proto.oneofDecl??[]).map(o=>ul(o,t));for(let o of t.proto.field??[]){let s=o.proto3Optional?void 0:n[o.oneofIndex??-1],r=this.field(o,t,s);t.fields.push(r),t.field[r.localName]=r,s?.fields.push(r),t.members.includes(s??r)||t.members.push(s??r)}t.oneofs=n.filter(o=>o.fields.length)}field(t,n,o){let{type:s=0,name:r=""}=t,i=t.label===ol,a=o||t.proto3Optional||s===is,u=this.types.get(t.typeName),c=s===is?"message":s===il?"enum":"scalar",f=pt("field",t,{name:r,number:t.number,parent:n,localName:us(r),jsonName:us(r),oneof:o,fieldKind:c,listKind:void 0,mapKind:void 0,mapKey:void 0,scalar:c==="scalar"?s:void 0,message:c==="message"?u:void 0,enum:c==="enum"?u:void 0,presence:a&&!i?tl:nl,packed:void 0,delimitedEncoding:c==="message"?!1:void 0,utf8Validation:!0,longAsString:!1,getDefaultValue:i?void 0:()=>{},toString:()=>`field ${n.typeName}.${r}`});if(!i)return f;if(!u?.proto.options?.mapEntry){let A=![sl,rl,is].includes(s);return Object.assign(f,{fieldKind:"list",listKind:c,packed:A})}let[p,m]=u.fields,{fieldKind:d,message:b,enum:y,scalar:x}=m;return Object.assign(f,{fieldKind:"map",mapKey:p.scalar,mapKind:d,message:b,enum:y,scalar:x})}addService(t){let n=this.type("service",t,void 0,{methods:[],method:{}});for(let o of t.method??[]){let s=this.method(o,n);n.methods.push(s),n.method[s.localName]=s}this.file.services.push(n)}method(t,n){let{name:o="",clientStreaming:s,serverStreaming:r}=t;return pt("rpc",t,{parent:n,name:o,localName:o[0].toLowerCase()+o.slice(1),methodKind:al[+!!s][+!!r],input:this.types.get(t.inputType),output:this.types.get(t.outputType),idempotency:t.options?.idempotencyLevel??0,toString:()=>`rpc ${n.typeName}.${o}`})}};function ul(e,t){let{name:n=""}=e,o=()=>`oneof ${t.typeName}.${n}`;return pt("oneof",e,{parent:t,fields:[],name:n,localName:us(n),toString:o})}function pt(e,t,n){return{kind:e,proto:t,deprecated:t.options?.deprecated??!1,...n}}function us(e){return e.replace(/_+(\D?)/g,(t,n)=>n.toUpperCase())}function ll(e=""){return e.replace(/(?!^)[A-Z]/g,"_$&").toLowerCase()}var ls=Ce({name:"google/protobuf/duration.proto",messageType:[{name:"Duration",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),Jr=zt(ls,0);var Qr=Ce({name:"google/protobuf/field_mask.proto",messageType:[{name:"FieldMask",field:[{name:"paths",number:1,label:3,type:9}]}],package:"google.protobuf"});var cs=Ce({name:"google/protobuf/timestamp.proto",messageType:[{name:"Timestamp",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),ei=zt(cs,0);var Qt=Ce({name:"onduty/v1/status.proto",messageType:[{name:"UserStatus",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"available",number:4,type:8},{name:"cause",number:5,type:14,typeName:".onduty.v1.Cause"},{name:"status_since",number:6,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"next_status",number:8,type:14,typeName:".onduty.v1.Status"},{name:"next_status_time",number:9,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:10,type:9},{name:"reason",number:11,type:9},{name:"revision",number:12,type:3}]},{name:"Workflow",field:[{name:"account_id",number:1,type:9},{name:"enabled",number:2,type:8,oneofIndex:0,proto3Optional:!0},{name:"away_after",number:3,type:11,typeName:".google.protobuf.Duration"},{name:"offline_after",number:4,type:11,typeName:".google.protobuf.Duration"},{name:"resume",number:5,type:14,typeName:".onduty.v1.Resume",oneofIndex:1,proto3Optional:!0},{name:"keep_manual_away",number:6,type:8,oneofIndex:2,proto3Optional:!0},{name:"etag",number:7,type:9},{name:"update_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"updated_by",number:9,type:9},{name:"enabled_time",number:10,type:11,typeName:".google.protobuf.Timestamp"},{name:"update_caller",number:11,type:9}],oneofDecl:[{name:"_enabled"},{name:"_resume"},{name:"_keep_manual_away"}]},{name:"WorkflowImpact",field:[{name:"switching_to_away",number:1,type:3},{name:"switching_to_offline",number:2,type:3},{name:"switches",number:3,label:3,type:11,typeName:".onduty.v1.WorkflowImpactSwitch"},{name:"next_hour",number:4,label:3,type:11,typeName:".onduty.v1.WorkflowImpactQuarter"}]},{name:"WorkflowImpactQuarter",field:[{name:"end_time",number:1,type:11,typeName:".google.protobuf.Timestamp"},{name:"switching_to_away",number:2,type:3},{name:"switching_to_offline",number:3,type:3}]},{name:"WorkflowImpactSwitch",field:[{name:"user_id",number:1,type:9},{name:"previous_status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"}]},{name:"StatusChange",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"revision",number:3,type:3},{name:"previous_status",number:4,type:14,typeName:".onduty.v1.Status"},{name:"status",number:5,type:14,typeName:".onduty.v1.Status"},{name:"cause",number:6,type:14,typeName:".onduty.v1.Cause"},{name:"effective_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"commit_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:9,type:9},{name:"reason",number:10,type:9},{name:"caller",number:11,type:9}]},{name:"RecordActivityRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivityResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"SetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"reason",number:4,type:9},{name:"expected_revision",number:5,type:3,oneofIndex:0,proto3Optional:!0}],oneofDecl:[{name:"_expected_revision"}]},{name:"SetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"GetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9}]},{name:"GetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"BatchGetStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9}]},{name:"BatchGetStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"unknown_user_ids",number:2,label:3,type:9}]},{name:"ListStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"statuses",number:2,label:3,type:14,typeName:".onduty.v1.Status"},{name:"page_size",number:3,type:5},{name:"page_token",number:4,type:9}]},{name:"ListStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"next_page_token",number:2,type:9}]},{name:"ListAvailableUsersRequest",field:[{name:"account_id",number:1,type:9},{name:"order",number:2,type:14,typeName:".onduty.v1.AvailabilityOrder"},{name:"limit",number:3,type:5}]},{name:"ListAvailableUsersResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"available_count",number:2,type:3}]},{name:"GetWorkflowRequest",field:[{name:"account_id",number:1,type:9}]},{name:"GetWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"}]},{name:"UpdateWorkflowRequest",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"update_mask",number:2,type:11,typeName:".google.protobuf.FieldMask"},{name:"validate_only",number:3,type:8}]},{name:"UpdateWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"impact",number:2,type:11,typeName:".onduty.v1.WorkflowImpact"}]},{name:"ListStatusChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"start_time",number:3,type:11,typeName:".google.protobuf.Timestamp"},{name:"end_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"page_size",number:5,type:5},{name:"page_token",number:6,type:9}]},{name:"ListStatusChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.StatusChange"},{name:"next_page_token",number:2,type:9}]},{name:"Activity",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivitiesRequest",field:[{name:"sequence",number:1,type:3},{name:"activities",number:2,label:3,type:11,typeName:".onduty.v1.Activity"}]},{name:"RecordActivitiesResponse",field:[{name:"sequence",number:1,type:3},{name:"errors",number:2,label:3,type:11,typeName:".onduty.v1.ActivityError"}]},{name:"ActivityError",field:[{name:"index",number:1,type:5},{name:"reason",number:2,type:14,typeName:".onduty.v1.ErrorReason"},{name:"field",number:3,type:9},{name:"message",number:4,type:9},{name:"server_time",number:5,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"WatchStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9},{name:"resume_token",number:3,type:9}]},{name:"WatchStatusesResponse",field:[{name:"resume_token",number:1,type:9},{name:"snapshot",number:2,type:11,typeName:".onduty.v1.StatusSnapshot",oneofIndex:0},{name:"changes",number:3,type:11,typeName:".onduty.v1.WatchedChanges",oneofIndex:0},{name:"bookmark",number:4,type:11,typeName:".onduty.v1.Bookmark",oneofIndex:0}],oneofDecl:[{name:"event"}]},{name:"StatusSnapshot",field:[{name:"first",number:1,type:8},{name:"last",number:2,type:8},{name:"user_statuses",number:3,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"workflow",number:4,type:11,typeName:".onduty.v1.Workflow"}]},{name:"WatchedChanges",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WatchedChange"}]},{name:"WatchedChange",field:[{name:"status_change",number:1,type:11,typeName:".onduty.v1.StatusChange",oneofIndex:0},{name:"workflow_change",number:2,type:11,typeName:".onduty.v1.WorkflowChange",oneofIndex:0}],oneofDecl:[{name:"change"}]},{name:"WorkflowChange",field:[{name:"revision",number:1,type:3},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"previous_workflow",number:3,type:11,typeName:".onduty.v1.Workflow"}]},{name:"Bookmark",field:[{name:"effective_until",number:1,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"ListWorkflowChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"page_size",number:2,type:5},{name:"page_token",number:3,type:9}]},{name:"ListWorkflowChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WorkflowChange"},{name:"next_page_token",number:2,type:9}]},{name:"GetCallerRequest"},{name:"GetCallerResponse",field:[{name:"caller",number:1,type:11,typeName:".onduty.v1.Caller"}]},{name:"Caller",field:[{name:"authenticated",number:1,type:8},{name:"name",number:2,type:9},{name:"user_id",number:3,type:9},{name:"via",number:4,type:9},{name:"grants",number:5,label:3,type:11,typeName:".onduty.v1.CallerGrant"}]},{name:"CallerGrant",field:[{name:"everywhere",number:1,type:8},{name:"account_id",number:2,type:9},{name:"permissions",number:3,label:3,type:9},{name:"own_user_only",number:4,type:8},{name:"acts_for_others",number:5,type:8}]},{name:"ListAccountsRequest",field:[{name:"page_size",number:1,type:5},{name:"page_token",number:2,type:9}]},{name:"ListAccountsResponse",field:[{name:"accounts",number:1,label:3,type:11,typeName:".onduty.v1.Account"},{name:"next_page_token",number:2,type:9}]},{name:"Account",field:[{name:"account_id",number:1,type:9}]},{name:"SimulateRequest",field:[{name:"account_id",number:1,type:9},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"log",number:3,type:12},{name:"time_column",number:4,type:9},{name:"user_column",number:5,type:9},{name:"time_format",number:6,type:14,typeName:".onduty.v1.LogTimeFormat"},{name:"keep_order",number:7,type:8}]},{name:"SimulateResponse",field:[{name:"summary",number:1,type:11,typeName:".onduty.v1.SimulationSummary"},{name:"warnings",number:2,label:3,type:9}]},{name:"SimulationSummary",field:[{name:"users",number:1,type:3},{name:"activities",number:2,type:3},{name:"late_activities",number:3,type:3},{name:"first_activity_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:5,type:11,typeName:".google.protobuf.Timestamp"},{name:"switches",number:6,label:3,type:11,typeName:".onduty.v1.SimulatedSwitches"},{name:"resumes",number:7,type:3},{name:"ignored_activities",number:8,type:3},{name:"active_soon_after_away",number:9,type:3},{name:"time_in_status",number:10,label:3,type:11,typeName:".onduty.v1.SimulatedTime"}]},{name:"SimulatedSwitches",field:[{name:"previous_status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"count",number:3,type:3}]},{name:"SimulatedTime",field:[{name:"status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"duration",number:2,type:11,typeName:".google.protobuf.Duration"}]}],enumType:[{name:"Status",value:[{name:"STATUS_UNSPECIFIED",number:0},{name:"STATUS_ONLINE",number:1},{name:"STATUS_AWAY",number:2},{name:"STATUS_OFFLINE",number:3}]},{name:"Cause",value:[{name:"CAUSE_UNSPECIFIED",number:0},{name:"CAUSE_MANUAL",number:1},{name:"CAUSE_INACTIVITY",number:2},{name:"CAUSE_ACTIVITY",number:3}]},{name:"Resume",value:[{name:"RESUME_UNSPECIFIED",number:0},{name:"RESUME_FROM_AWAY",number:1},{name:"RESUME_NEVER",number:2},{name:"RESUME_FROM_AWAY_OR_OFFLINE",number:3}]},{name:"AvailabilityOrder",value:[{name:"AVAILABILITY_ORDER_UNSPECIFIED",number:0},{name:"AVAILABILITY_ORDER_LONGEST_AVAILABLE",number:1},{name:"AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE",number:2},{name:"AVAILABILITY_ORDER_LONGEST_IDLE",number:3}]},{name:"ErrorReason",value:[{name:"ERROR_REASON_UNSPECIFIED",number:0},{name:"ERROR_REASON_INVALID_FIELD",number:1},{name:"ERROR_REASON_INVALID_WORKFLOW",number:2},{name:"ERROR_REASON_USER_UNKNOWN",number:3},{name:"ERROR_REASON_REVISION_CONFLICT",number:4},{name:"ERROR_REASON_RESUME_TOKEN_EXPIRED",number:5},{name:"ERROR_REASON_CREDENTIAL_REQUIRED",number:6},{name:"ERROR_REASON_PERMISSION_REQUIRED",number:7},{name:"ERROR_REASON_LIMIT_EXCEEDED",number:8},{name:"ERROR_REASON_STORE_UNAVAILABLE",number:9},{name:"ERROR_REASON_ISSUER_UNAVAILABLE",number:10}]},{name:"LogTimeFormat",value:[{name:"LOG_TIME_FORMAT_UNSPECIFIED",number:0},{name:"LOG_TIME_FORMAT_RFC3339",number:1},{name:"LOG_TIME_FORMAT_EPOCH_S",number:2},{name:"LOG_TIME_FORMAT_EPOCH_MS",number:3}]}],service:[{name:"StatusService",method:[{name:"RecordActivity",inputType:".onduty.v1.RecordActivityRequest",outputType:".onduty.v1.RecordActivityResponse"},{name:"RecordActivities",inputType:".onduty.v1.RecordActivitiesRequest",outputType:".onduty.v1.RecordActivitiesResponse",clientStreaming:!0,serverStreaming:!0},{name:"SetStatus",inputType:".onduty.v1.SetStatusRequest",outputType:".onduty.v1.SetStatusResponse"},{name:"GetStatus",inputType:".onduty.v1.GetStatusRequest",outputType:".onduty.v1.GetStatusResponse",options:{idempotencyLevel:1}},{name:"BatchGetStatuses",inputType:".onduty.v1.BatchGetStatusesRequest",outputType:".onduty.v1.BatchGetStatusesResponse",options:{idempotencyLevel:1}},{name:"ListStatuses",inputType:".onduty.v1.ListStatusesRequest",outputType:".onduty.v1.ListStatusesResponse",options:{idempotencyLevel:1}},{name:"ListAvailableUsers",inputType:".onduty.v1.ListAvailableUsersRequest",outputType:".onduty.v1.ListAvailableUsersResponse",options:{idempotencyLevel:1}},{name:"WatchStatuses",inputType:".onduty.v1.WatchStatusesRequest",outputType:".onduty.v1.WatchStatusesResponse",serverStreaming:!0},{name:"GetWorkflow",inputType:".onduty.v1.GetWorkflowRequest",outputType:".onduty.v1.GetWorkflowResponse",options:{idempotencyLevel:1}},{name:"UpdateWorkflow",inputType:".onduty.v1.UpdateWorkflowRequest",outputType:".onduty.v1.UpdateWorkflowResponse"},{name:"ListStatusChanges",inputType:".onduty.v1.ListStatusChangesRequest",outputType:".onduty.v1.ListStatusChangesResponse",options:{idempotencyLevel:1}},{name:"ListWorkflowChanges",inputType:".onduty.v1.ListWorkflowChangesRequest",outputType:".onduty.v1.ListWorkflowChangesResponse",options:{idempotencyLevel:1}},{name:"GetCaller",inputType:".onduty.v1.GetCallerRequest",outputType:".onduty.v1.GetCallerResponse",options:{idempotencyLevel:1}},{name:"ListAccounts",inputType:".onduty.v1.ListAccountsRequest",outputType:".onduty.v1.ListAccountsResponse",options:{idempotencyLevel:1}},{name:"Simulate",inputType:".onduty.v1.SimulateRequest",outputType:".onduty.v1.SimulateResponse",options:{idempotencyLevel:1}}]}],package:"onduty.v1"},[ls,Qr,cs]);var cl=Zt(Qt,0),E=Jt(cl),fl=Zt(Qt,1),ie=Jt(fl),pl=Zt(Qt,2),ti=Jt(pl);var dl=Zt(Qt,5),Hn=Jt(dl),ni=Zr(Qt,0);function oi(e){let t=new Uint8Array(5+e.length);return new DataView(t.buffer).setUint32(1,e.length),t.set(e,5),t}async function*si(e){let t=new Uint8Array(0);for(;;){for(;t.length>=5;){let s=new DataView(t.buffer,t.byteOffset).getUint32(1),r=t[0];if(r&1||s>67108864)throw new TypeError("an envelope that was not asked for");if(t.length<5+s)break;let i=t.subarray(5,5+s);if(t=t.subarray(5+s),r&2)return JSON.parse(new TextDecoder().decode(i)||"{}");yield i}let{value:n,done:o}=await e.read();if(o)return void 0;t=ml(t,n)}}function ml(e,t){if(e.length===0)return t;let n=new Uint8Array(e.length+t.length);return n.set(e),n.set(t,e.length),n}var k=class extends Error{constructor(t,n,{reason:o="",violations:s=[],retryAfterMs:r,cause:i}={}){super(n,{cause:i}),this.name="OndutyError",this.code=t,this.reason=o,this.violations=s,this.retryAfterMs=r}},hl={400:"internal",401:"unauthenticated",403:"permission_denied",404:"unimplemented",429:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};async function fs(e){let t=hl[e.status]??"unknown";try{return ps(await e.json(),t)}catch{return new k(t,`the server answered with HTTP status ${e.status}`)}}function ps(e,t="unknown"){let n={};for(let{type:o,debug:s}of e.details??[])o==="google.rpc.ErrorInfo"&&s?.domain==="onduty"&&(n.reason=s.reason),o==="google.rpc.BadRequest"&&(n.violations=s?.fieldViolations),o==="google.rpc.RetryInfo"&&(n.retryAfterMs=Number.parseFloat(s?.retryDelay)*1e3);return new k(e.code??t,e.message??"",n)}var vl=1e4;function ds(e){let t={};for(let[n,o]of Object.entries(ni.method)){let s=o;s.methodKind==="unary"&&(t[n]=yl.bind(null,e,s)),s.methodKind==="server_streaming"&&(t[n]=_l.bind(null,e,s))}return t}async function yl(e,t,n,{signal:o,timeoutMs:s=e.timeoutMs??vl}={}){let r=AbortSignal.timeout(s),i=o?AbortSignal.any([o,r]):r,a=Pn(t.input,pe(t.input,n)),u={"content-type":"application/proto","connect-timeout-ms":String(s)},c=await ri(e,t,u,a,i,o);if(!c.ok)throw await fs(c);try{return Bn(t.output,new Uint8Array(await c.arrayBuffer()))}catch(f){throw ms(f,i,o)}}async function*_l(e,t,n,{signal:o}={}){let s=new AbortController,r=o?AbortSignal.any([o,s.signal]):s.signal;try{let i=oi(Pn(t.input,pe(t.input,n))),a=await ri(e,t,{"content-type":"application/connect+proto"},i,r,o);if(!a.ok||!a.body)throw await fs(a);let u=si(a.body.getReader());for(;;){let{value:c,done:f}=await u.next().catch(p=>{throw ms(p,r,o)});if(!f){yield Bn(t.output,c);continue}if(c===void 0)throw new k("unavailable","the stream was cut");if(c.error)throw ps(c.error);return}}finally{s.abort()}}async function ri(e,t,n,o,s,r){let i=await e.token?.(),a=e.actor?.();i&&(n.authorization=`Bearer ${i}`),a&&(n["onduty-actor-bin"]=gl(a)),n["connect-protocol-version"]="1";let u=`${e.baseUrl}/${t.parent.typeName}/${t.name}`;try{let c={method:"POST",headers:n,body:o,signal:s,credentials:"omit",cache:"no-store"};return await(e.fetch??globalThis.fetch)(u,c)}catch(c){throw ms(c,s,r)}}function ms(e,t,n){return n?.aborted?new k("canceled","the call was cancelled",{cause:e}):t.aborted?new k("deadline_exceeded","the server did not answer in time",{cause:e}):new k("unavailable","the server cannot be reached",{cause:e})}function gl(e){return btoa(String.fromCharCode(...new TextEncoder().encode(e)))}function M(e){return e&&Number(e.seconds)*1e3+Math.round(e.nanos/1e6)}function Gn(e){return pe(ei,ii(e))}function qn(e){return pe(Jr,ii(e))}function ii(e){let t=Math.floor(e/1e3);return{seconds:BigInt(t),nanos:Math.round(e-t*1e3)*1e6}}var l=sr.bind($n);var Yn=class{constructor(t){this.area=t,this.inPage=new Map}get(t){try{return this.inPage.get(t)??this.area().getItem(t)}catch{return null}}set(t,n){this.inPage.delete(t);try{return n===null?this.area().removeItem(t):this.area().setItem(t,n),!0}catch{return n!==null&&this.inPage.set(t,n),!1}}},re=new Yn(()=>sessionStorage),dt=new Yn(()=>localStorage);var hs="onduty.departure";function ai(e){return re.set(hs,JSON.stringify(e))}function bl(){let t=[location.hash,location.search].map(s=>new URLSearchParams(s.slice(1))).find(s=>s.has("state")&&(s.has("code")||s.has("error")));if(!t)return null;let n=JSON.parse(re.get(hs)??"null"),o=n!==null&&n.state===t.get("state");return o&&re.set(hs,null),history.replaceState(null,"",location.pathname+(o?n.page:"")),{parameters:t,departure:o?n:null}}var Kn=bl();var en=$(location.hash),je=$(!1),tn=$("");addEventListener("hashchange",()=>{je.peek()?(tn.value=location.hash,history.replaceState(null,"",en.peek())):en.value=location.hash});addEventListener("beforeunload",e=>{je.peek()&&e.preventDefault()});function ui(e){let t=tn.peek();tn.value="",e&&(je.value=!1,jn(t))}var Re=R(()=>{let[e="",t="",...n]=en.value.replace(/^#\/?/,"").split("/").map(wl);return{account:e,page:t||"board",rest:n}}),li=R(()=>en.value==="");function ve(e,...t){return mt(Re.value.account,e,...t)}function mt(e,...t){return`#/${[e,...t].map(encodeURIComponent).join("/")}`}function jn(e){location.hash=e}function Xn(e){history.replaceState(null,"",e),en.value=e}function wl(e){try{return decodeURIComponent(e)}catch{return e}}var ht=$(void 0);async function nn(){return ht.value??=(await(await fetch("sign-in.json",{credentials:"omit"})).json()).provider,ht.value??null}function on(){return import("./oidc-SXTAP7DM.js")}var zn="onduty.token",Zn="onduty.by-provider",fi="onduty.left-at",pi="onduty.name",$l=6e4,Sl=5e3,xl=4e3,j=$("loading"),Ze=$(""),Jn=$(""),Je=$(re.get(zn)!==null),Xe=$(dt.get(pi)??""),ze=re.get(zn),Me,sn=0,ci=Kn!==null,G=ds({baseUrl:"",token:()=>ze??void 0,actor:()=>ze===null&&Xe.value||void 0}),N=R(()=>Re.value.account),vs={ask:async()=>{}};function Qn(){return ze}async function Le(){j.value!=="unreachable"&&(j.value="loading");let e=ci;if(ci=!1,!(e&&!await Al(Nl)))try{await vs.ask(),j.value="ready",Ze.value=""}catch(t){if(!(t instanceof k))throw t;t.code!=="unauthenticated"?j.value="unreachable":e?await _s("unaccepted",t.message):await El()}}async function di(e){no(),gi(e),await Le(),j.value==="signed-out"&&(Ze.value="refused")}async function mi(){await hi(!1)}async function eo(){let e=re.get(Zn)!==null;j.value="loading",no();let t=location.pathname;if(e){let n=await nn().catch(()=>null);t=n&&await on().then(o=>o.farewellAddress(n)).catch(()=>null)||t}location.replace(t)}function D(e,t=ze){return!(e instanceof k)||e.code!=="unauthenticated"||t!==ze?!1:(j.value==="ready"&&kl(),!0)}function to(e){Xe.value=e.trim(),dt.set(pi,Xe.value)}async function kl(){j.value="loading",Me&&await ys(),await Le()}async function El(){let e=Je.value,t=re.get(Zn)!==null;no();let n=Date.now()-Number(re.get(fi));e&&t&&(n<0||n>xl)?await hi(!0):await _s(e?"expired":"")}async function hi(e){j.value=e?"leaving":j.value,re.set(fi,String(Date.now())),await vi(async()=>{let t=await nn();if(!t)return;let{address:n,departure:o}=await(await on()).begun(t,{page:location.hash,isSilent:e});if(!ai(o))throw{reason:"blocked"};location[e?"replace":"assign"](n)})}async function Nl(){let e=await nn();return e&&Kn&&(await on()).redeem(e,Kn)}async function ys(){clearTimeout(sn);let e=ht.value;try{e&&Me&&_i(await(await on()).renew(e,Me))}catch(t){yi(t).reason==="unreachable"?sn=setTimeout(ys,Sl):Me=void 0}}async function Al(e){return vi(async()=>{let t=await e();t&&_i(t)})}async function vi(e){try{return await e(),!0}catch(t){let{reason:n,detail:o}=yi(t);return await _s(n,o),!1}}function yi(e){return{reason:e?.reason??"offline",detail:e?.detail??""}}function _i(e){gi(e.token),re.set(Zn,"1"),Me=e.refreshToken??Me,clearTimeout(sn),!(Me===void 0||e.lifetimeMs===void 0)&&(sn=setTimeout(ys,Math.max(e.lifetimeMs-$l,e.lifetimeMs/2)))}function gi(e){ze=e,re.set(zn,e),Je.value=!0}function no(){ze=null,Me=void 0,clearTimeout(sn),re.set(zn,null),re.set(Zn,null),Je.value=!1}async function _s(e,t=""){if(no(),await nn().catch(()=>null),e==="offline"){j.value="unreachable";return}Ze.value=e,Jn.value=t,j.value="signed-out"}addEventListener("pageshow",e=>{e.persisted&&j.value!=="ready"&&Le()});var L=$(null),ae=$([]),rn=$(!1),bi=R(()=>rn.value&&ae.value.length>=wi),Il=15e3,Tl=1e3,wi=2e4,vt="",gs=null;async function $i(){L.value=null,ae.value=[],vt="";let e=(await G.getCaller({})).caller??null,t=e?.name??"";gs!==null&&t!==gs&&location.reload(),gs=t,L.value=e,await xi()}async function Si(){if(!(j.value!=="ready"||document.hidden||!L.value?.authenticated))try{let e=(await G.getCaller({})).caller;j.value==="ready"&&JSON.stringify(e)!==JSON.stringify(L.value)&&(L.value=e??null)}catch(e){if(!(e instanceof k))throw e;D(e)}}setInterval(Si,Il);document.addEventListener("visibilitychange",Si);async function xi(){try{let e=await G.listAccounts({pageSize:Tl,pageToken:vt}),t=new Intl.Collator(void 0,{numeric:!0}),n=[...new Set([...ae.value,...e.accounts.map(o=>o.accountId)])];ae.value=n.sort(t.compare),vt=e.nextPageToken}catch(e){if(!(e instanceof k))throw e;vt=""}rn.value=vt!==""}async function ki(){for(;vt&&ae.value.length<wi;)await xi()}var yt=R(()=>L.value!==null&&(!L.value.authenticated||L.value.grants.some(e=>e.everywhere))),Ol=R(()=>{let e=new Set([]),t=new Set([]);for(let n of L.value?.grants??[])if(!(!n.everywhere&&n.accountId!==N.value))for(let o of n.permissions)(n.ownUserOnly?t:e).add(o);return{everybody:e,own:t}});function F(e,t){if(L.value===null)return!1;let{everybody:n,own:o}=Ol.value;return!L.value.authenticated||n.has(e)?!0:t!==void 0&&t===L.value.userId&&o.has(e)}var Qe=R(()=>{let e=L.value?.userId??"";return!F("status.read")&&F("status.read",e)?e:""}),oo=R(()=>F("status.read")&&F("workflow.read")),Ei=R(()=>Qe.value!==""||F("status.read")||F("workflow.read"));var Ni="onduty.language",Ai={en:()=>import("./en-YBCYYV45.js"),de:()=>import("./de-G3EWUIHO.js")},Ii={en:"English",de:"Deutsch"},le=$("en"),Ti=$(void 0);function Oi(){let e=[dt.get(Ni)??"",...navigator.languages];return Ri(e.map(t=>t.split("-")[0]).find(t=>t in Ai)??"en")}function h(){return Ti.value}async function Ci(e){try{await Ri(e)}catch{return}dt.set(Ni,e)}function _t(e){return e.toLocaleString(le.value)}async function Ri(e){Ti.value=(await Ai[e]()).texts,le.value=e}function gt(){return l`<label class="language">
<span class="visually-hidden">${h().nav.language}</span>
<select value=${le.value} onChange=${e=>Ci(e.currentTarget.value)}>
${Object.entries(Ii).map(([e,t])=>l`<option key=${e} value=${e} selected=${e===le.value} lang=${e}>${t}</option>`)}
</select>
</label>`}var et=1e3,bs=60*et,an=60*bs,so=24*an,wt=$(Date.now());setInterval(()=>{document.hidden||(wt.value=Date.now())},et);document.addEventListener("visibilitychange",()=>{wt.value=Date.now()});var $t=Intl.DateTimeFormat().resolvedOptions().timeZone,Mi=new Map;function bt(e,t){let n=`${le.value} ${e}`,o=Mi.get(n);return o||Mi.set(n,o=new Intl.DateTimeFormat(le.value,t)),o}function U(e,t=Date.now()){let n=bt("time",{hour:"2-digit",minute:"2-digit",second:"2-digit",hourCycle:"h23"}).format(e);return new Date(e).toDateString()===new Date(t).toDateString()?n:`${(new Date(e).getFullYear()===new Date(t).getFullYear()?bt("day",{day:"numeric",month:"short"}):bt("date",{dateStyle:"medium"})).format(e)}, ${n}`}function tt(e){return`${new Date(e).toISOString().replace("T"," ").replace("Z","")} UTC`}function St(e){let{units:t}=h(),n=Math.max(0,Math.round(e/et)),o=[[Math.floor(n/86400),t.d],[Math.floor(n/3600)%24,t.h],[Math.floor(n/60)%60,t.min],[n%60,t.s]],s=o.findIndex(([r])=>r!==0);return s<0?`0 ${t.s}`:o.slice(s,s+2).filter(([r])=>r!==0).map(([r,i])=>`${r} ${i}`).join(" ")}function xt(e){let{units:t}=h();return e<bs?`${Math.max(0,Math.floor(e/et))} ${t.s}`:e<an?`${Math.floor(e/bs)} ${t.min}`:e<so?`${Math.floor(e/an)} ${t.h}`:`${Math.floor(e/so)} ${t.d}`}function Li(e){let t=Math.max(0,Math.ceil(e/et)),n=r=>String(r).padStart(2,"0");if(t>=86400)return St(e);let o=Math.floor(t/3600),s=Math.floor(t/60)%60;return o?`${o}:${n(s)}:${n(t%60)}`:`${s}:${n(t%60)}`}var Cl={board:"M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",history:"M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",whatIf:"M4 16V9M10 16V4M16 16v-5",settings:"M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",plus:"M10 4v12M4 10h12",cross:"M5 5l10 10M15 5L5 15",pencil:"M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",back:"M12 4l-6 6 6 6",search:"M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",warn:"M10 3l8 14H2zM10 8v4M10 14v1",up:"M5 12l5-5 5 5",down:"M5 8l5 5 5-5",person:"M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0"};function ee({name:e}){return l`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
<path
d=${Cl[e]}
fill=${e==="board"?"currentColor":"none"}
stroke=${e==="board"?"none":"currentColor"}
stroke-width="1.7"
stroke-linecap="round"
stroke-linejoin="round"
/>
</svg>`}function nt(){return l`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`}function C({kind:e="info",children:t,actions:n}){return l`<div class="notice ${e}" role=${e==="error"||e==="warn"?"alert":"status"}>
${(e==="error"||e==="warn")&&l`<${ee} name="warn" />`}
<div class="notice-text">${t}</div>
${n&&l`<div class="notice-actions">${n}</div>`}
</div>`}function ue({title:e,hint:t,children:n}){return l`<div class="empty">
<p class="empty-title">${e}</p>
${t&&l`<p class="hint">${t}</p>`} ${n}
</div>`}function ce(){return l`<div class="skeleton" role="status" aria-label=${h().common.loading}>
<span></span><span></span><span></span><span></span>
</div>`}function ot({ms:e,now:t}){return e===void 0?null:l`<time dateTime=${new Date(e).toISOString()} title=${tt(e)}>${U(e,t)}</time>`}function ro({title:e,onClose:t,children:n,alert:o=!1}){let s=H(null),r=Vt();return I(()=>{let a=document.activeElement;return s.current?.showModal(),()=>a?.focus()},[]),l`<dialog ref=${s} class="dialog" aria-labelledby=${r} role=${o?"alertdialog":null} onCancel=${a=>{a.preventDefault(),t()}}>
<h2 id=${r}>${e}</h2>
${n}
</dialog>`}function W({children:e}){return l`<bdi class="name" title=${e}>${e}</bdi>`}var Rl=128,Ml=100,Ll=8,Dl=20;function Di(){let e=h().start,t=N.value,n=ae.value.length===1&&!rn.value?ae.value[0]:void 0,o=n!==void 0&&!t&&(li.value||!yt.value);if(I(()=>{document.title=`${e.title} · onduty`,ki()},[]),I(()=>{o&&Xn(mt(n,"board"))},[o]),o)return null;let s=ae.value.length===0&&!yt.value;return l`<main class="alone">
<div class="card narrow">
<${nt} />
<h1>${s?e.nothing:e.title}</h1>
${t&&l`<${C} kind="warn">${e.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${s?e.nothingHint(`⁨${L.value?.name}⁩`):e.hint}</p>
${ae.value.length>0&&l`<${Fl} />`} ${yt.value&&l`<${Ul} />`}
${Je.value&&l`<p class="who"><${W}>${L.value?.name??""}<//>
<button type="button" class="quiet" onClick=${eo}>${h().nav.signOut}</button></p>`}
<${gt} />
</div>
</main>`}function Fl(){let e=h().start,t=w(""),n=t.value.trim().toLowerCase(),s=ae.value.filter(r=>r.toLowerCase().includes(n)).slice(0,Ml);return l`${ae.value.length>Ll&&l`<div class="field">
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
onInput=${r=>t.value=r.currentTarget.value}
/>
<p class="hint" role="status">
${e.shown(s.length,ae.value.length)}${bi.value&&` ${e.notAll}`}
</p>
</div>`}
${s.length>0&&l`<ul class="account-list">
${s.map(r=>l`<li key=${r}><a href=${mt(r,"board")}><${W}>${r}<//></a></li>`)}
</ul>`}`}function Ul(){let e=h().start,t=w(""),n=L.value!==null&&!L.value.authenticated;return l`<form class="token-form" onSubmit=${s=>{s.preventDefault();let r=new FormData(s.currentTarget),i=r.get("account")?.toString().trim()??"";n&&to(r.get("name")?.toString()??"");let a=new TextEncoder().encode(i).length;a===0||a>Rl?t.value=e.tooLong:jn(mt(i,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${e.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&l`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&l`<div class="field">
<label for="own-name">${e.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${Xe.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${e.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${e.open}</button>
</form>`}function Fi(){let{nav:e}=h(),t=ae.value;if(t.length<2||t.length>Dl||rn.value){let o=t.length<2&&!yt.value;return l`<p class="account">
<span class="hint">${e.account}</span> <${W}>${N.value}<//>
${!o&&l`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}let n=t.includes(N.value)?t:[N.value,...t];return l`<p class="account">
<label class="hint" for="account">${e.account}</label>
<select
id="account"
value=${N.value}
onChange=${o=>{jn(mt(o.currentTarget.value,Re.value.page)),o.currentTarget.value=N.value}}
>
${n.map(o=>l`<option key=${o} value=${o} selected=${o===N.value}>${o}</option>`)}
</select>
${yt.value&&l`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}var io=class{constructor(t=()=>performance.now()){this.steady=t,this.offsets=[],this.isAnew=!0}restart(){this.isAnew=!0}learn(t){this.offsets=[...this.isAnew?[]:this.offsets.slice(-29),t-this.steady()],this.isAnew=!1}now(){return this.offsets.length?this.steady()+Math.max(...this.offsets):Date.now()}},kt=class{constructor(){this.steady=1/0,this.wall=1/0}in(t){this.steady=performance.now()+t,this.wall=Date.now()+t}hasPassed(){return performance.now()>this.steady||Date.now()>this.wall}};var Ui=3500,un=7e3,Bl=500,Pl=1e4,Wl=6e4,ao=class{constructor(t){this.wanted=t,this.resumeToken=t.resumeToken,this.closing=new AbortController,this.silence=new kt,this.isSilent=!1,this.isWaiting=!0,this.leading=null,this.seeking=null,this.attempt=null,this.hasBegun=!1,this.isFresh=!1,this.isBegunAnew=!1,this.isShared=!1,this.endPause=()=>{},this.channel="BroadcastChannel"in globalThis&&navigator.locks?new BroadcastChannel(t.name):null,this.channel?(this.channel.onmessage=({data:n})=>this.#n(n),this.#o({}),this.#u()):this.#i()}close(){this.closing.abort(),this.seeking?.abort(),this.#r(),this.channel?.close()}retry(){this.leading?this.endPause():this.#e("retry")}check(){let t=this.isSilent;this.isSilent=this.silence.hasPassed(),!(!this.isSilent||!t)&&(this.isSilent=!1,this.leading?this.attempt?.abort():this.#o({steal:!0}))}#e(t){this.closing.signal.aborted||this.channel?.postMessage(t)}#n(t){if(this.isShared=!0,t==="join")this.#t();else if(t==="retry")this.endPause();else{if(this.leading)return;t==="lead"?this.silence.in(un):"lost"in t?(this.silence.in(t.lost.waitMs+un),this.wanted.onLost(t.lost)):this.#a(t)}}#t(){!this.leading||!this.hasBegun&&!this.resumeToken||(this.resumeToken="",this.isBegunAnew=!0,this.attempt?.abort(),this.endPause())}#u(){this.isWaiting=!0,this.silence.in(un),this.#e("join")}#a({message:t,after:n}){let{event:o}=t;if(o.case==="snapshot"&&o.value.first)this.isWaiting=!1;else{if(this.isWaiting)return;if(n!==this.resumeToken)return this.#u()}this.silence.in(Ui),this.resumeToken=t.resumeToken,this.wanted.onMessage(t)}#o(t){this.seeking?.abort();let n=this.seeking=new AbortController;t.steal||(t.signal=n.signal),navigator.locks.request(this.wanted.name,t,()=>this.#i()).catch(()=>{this.closing.signal.aborted||n!==this.seeking||n.signal.aborted||(this.#r(),this.#o({}),this.#u())})}#r(){this.leading?.abort(),this.leading=null,this.endPause()}async#i(){if(this.closing.signal.aborted)return;let t=this.leading=new AbortController;this.#e("lead");for(let n=0;!t.signal.aborted;){let o=this.attempt=new AbortController;this.isBegunAnew=!1;let s=await this.#s(AbortSignal.any([t.signal,o.signal]));if(this.silence.in(1/0),t.signal.aborted)return;if(this.isBegunAnew)continue;if(s&&this.wanted.isFinal(s))return this.close();n=this.isFresh?1:n+1;let r={waitMs:Vl(n,s),isOrderly:!s&&!o.signal.aborted&&n===1};this.#e({lost:r}),this.wanted.onLost(r),await this.#l(r.waitMs)}}async#s(t){this.hasBegun=this.isFresh=!1,this.silence.in(un);try{for await(let n of this.wanted.open(this.resumeToken,t)){if(t.aborted)return;this.isFresh||=n.event.case==="bookmark",this.silence.in(this.isFresh?Ui:un),this.isShared&&this.#e({message:n,after:this.resumeToken}),this.hasBegun=!0,this.resumeToken=n.resumeToken,this.wanted.onMessage(n)}}catch(n){return n instanceof k?this.resumeToken&&(n.code==="out_of_range"||n.code==="invalid_argument")?(this.resumeToken="",this.isBegunAnew=!0):this.wanted.isOutdated(n)&&(this.isBegunAnew=!0):reportError(n),n}}#l(t){return new Promise(n=>{let o=setTimeout(()=>this.endPause(),t);this.endPause=()=>{clearTimeout(o),this.endPause=()=>{},n(void 0)}})}};function Vl(e,t){let n=Math.min(Pl,Bl*2**Math.min(e-1,10)),o=t instanceof k&&t.retryAfterMs||0;return Math.min(o,Wl)+n*(.5+Math.random()/2)}function Et(e){return(/^[ -~]*$/.test(e)?e:e.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu,"")).toLowerCase()}function Bi(e,t){return{id:e.userId,key:Et(e.userId),status:e.status,cause:e.cause,since:M(e.statusSince)??0,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:M(e.lastActivityTime),next:e.nextStatus,nextAt:M(e.nextStatusTime),checked:t}}function Hl(e,t){let n=M(e.effectiveTime)??0;return{id:e.userId,key:t?.key??Et(e.userId),status:e.status,cause:e.cause,since:t?.status===e.status?t.since:n,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:e.cause===ie.ACTIVITY?n:t?.lastActivity,next:E.UNSPECIFIED,nextAt:void 0,checked:0}}var uo=class{constructor(){this.all=new Map,this.counts={[E.ONLINE]:0,[E.AWAY]:0,[E.OFFLINE]:0},this.coming=null,this.onChange=(()=>{}),this.onReset=()=>{}}apply(t,n){if(t.case==="snapshot"){if(t.value.first&&(this.coming=new Map),!this.coming)throw new Error("a snapshot without a beginning");for(let o of t.value.userStatuses)this.coming.set(o.userId,Bi(o,n));t.value.last&&this.#e(this.coming)}else if(t.case==="changes")for(let{change:o}of t.value.changes){if(o.case!=="statusChange")continue;let s=this.all.get(o.value.userId);(!s||o.value.revision>s.revision)&&this.#n(s,Hl(o.value,s))}}clear(){this.#e(new Map)}take(t,n){let o=this.all.get(t.userId);o&&o.revision>t.revision||this.#n(o,Bi(t,n))}#e(t){this.coming=null,this.all=t,this.counts={[E.ONLINE]:0,[E.AWAY]:0,[E.OFFLINE]:0};for(let{status:n}of t.values())this.#t(n,1);this.onReset()}#n(t,n){this.all.set(n.id,n),t&&this.#t(t.status,-1),this.#t(n.status,1),this.onChange(t,n)}#t(t,n){t in this.counts&&(this.counts[t]+=n)}};var Gl=3500,ql=500,Yl=100,Kl=6e4,V=new uo,de=$(0),T=$("connecting"),oe=$(0),At=R(()=>T.value!=="live"&&oe.value>0),ws=$(0),st=$(null),lo=new io,Vi=new kt,Pi=0,De=null,$s="",Hi=0,Wi=0;function Nt(){return lo.now()}var Fe=R(()=>T.value==="live"||!oe.value?wt.value&&Nt():oe.value);function Ss(){De?.retry()}function co(){Pi||=setTimeout(()=>{Pi=0,de.value++},Yl)}function Ue(e){for(let t of e)t.accountId===N.peek()&&V.take(t,Nt());co()}function jl(e){xs(),qi(),oo.peek()?Gi(e):T.value="denied"}function Gi(e){T.value="connecting",lo.restart();let t=Qn();De=new ao({name:`onduty ${e} ${Xl()}`,resumeToken:$s,open(n,o){return t=Qn(),G.watchStatuses({accountId:e,resumeToken:n},{signal:o})},onMessage:({event:n})=>zl(n),onLost({waitMs:n,isOrderly:o}){T.value=o?"connecting":"lost",ws.value=Date.now()+n,lo.restart()},isOutdated:n=>n instanceof k&&n.code==="unauthenticated"&&t!==Qn(),isFinal(n){return D(n,t)?!0:!(n instanceof k)||n.code!=="permission_denied"?!1:(qi(),T.value="denied",!0)}}),Hi=setInterval(fo,ql)}function Xl(){let{name:e="",grants:t=[]}=L.peek()??{};return JSON.stringify([e,t])}function xs(){clearInterval(Hi),De&&($s=De.resumeToken),De?.close(),De=null}function qi(){$s="",V.clear(),oe.value=0,st.value=null}function fo(){T.value==="live"&&Vi.hasPassed()&&(T.value="late"),De?.check()}function zl(e){if(V.apply(e,Nt()),co(),e.case==="snapshot"&&e.value.first&&(st.value=e.value.workflow??null),e.case==="changes")for(let{change:t}of e.value.changes)t.case==="workflowChange"&&(st.value=t.value.workflow??null);if(e.case==="bookmark"){let t=M(e.value.effectiveUntil)??0;lo.learn(t),oe.value=t;let n=t+Gl-Nt();n>0&&(Vi.in(n),T.value="live")}}addEventListener("online",Ss);addEventListener("pageshow",fo);document.addEventListener("resume",fo);document.addEventListener("visibilitychange",()=>{clearTimeout(Wi),document.hidden?Wi=setTimeout(xs,Kl):(fo(),!De&&j.peek()==="ready"&&N.peek()&&T.peek()!=="denied"&&Gi(N.peek()))});Z(()=>{let e=N.value;j.value==="ready"&&e?jl(e):xs()});function Yi(){let e=h().link,t=wt.value;if(T.value==="denied")return null;if(T.value==="connecting"||T.value==="late")return l`<p class="link ${T.value}" role="status">${e[T.value]}</p>`;if(T.value==="live"){let o=oe.value?`${e.liveAsOf(U(oe.value))} (${tt(oe.value)})`:"";return l`<p class="link live" role="status" title=${o}><span class="dot" aria-hidden="true"></span>${e.live}</p>`}let n=Math.ceil((ws.value-t)/et);return l`<p class="link lost">
<span role="status">${e.lost}</span>
<span class="hint">${e.retrying(n)}</span>
<button type="button" class="quiet" onClick=${Ss}>${e.now}</button>
</p>`}function rt(){let e=h().link;return T.value==="late"?l`<p class="lost-banner" role="alert">${e.lateAt(U(oe.value))}</p>`:T.value!=="lost"?null:l`<p class="lost-banner" role="alert">${At.value?e.lostAt(U(oe.value)):e.neverConnected}</p>`}var Zl={[E.ONLINE]:"ONLINE",[E.AWAY]:"AWAY",[E.OFFLINE]:"OFFLINE"};function it(e){return Zl[e]??"NONE"}function me(e){return h().status[it(e)]}function ks({status:e}){let t=it(e);return l`<svg class="shape ${t.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
${t==="ONLINE"&&l`<circle cx="8" cy="8" r="7" fill="currentColor" />`}
${t==="AWAY"&&l`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
${(t==="OFFLINE"||t==="NONE")&&l`<circle
cx="8"
cy="8"
r="6"
fill="none"
stroke="currentColor"
stroke-width="2"
stroke-dasharray=${t==="NONE"?"3 3":null}
/>`}
</svg>`}function J({status:e,large:t=!1}){return l`<span class="status ${it(e).toLowerCase()} ${t?"large":""}">
<${ks} status=${e} />${me(e)}
</span>`}var Es=6,Jl=15e6,Ql="a, button, input",It=$(0),ji=()=>{let e=getComputedStyle(document.documentElement);It.value=parseFloat(e.getPropertyValue("--row"))*parseFloat(e.fontSize)};ji();addEventListener("resize",ji);function po({count:e,row:t,head:n,label:o,kept:s=-1,top:r,onRange:i}){let a=It.value,u=H(null),c=H(null),[f,p]=Go({first:0,last:40}),m=()=>{let g=u.current;if(!g)return;let _=Math.max(0,Math.floor(g.scrollTop/a)-Es),S=Math.ceil((g.scrollTop+g.clientHeight)/a)+Es;p(q=>q.first===_&&q.last===S?q:{first:_,last:S}),i?.(_,S)};I(()=>{let g=u.current;m();let _=new ResizeObserver(m);return _.observe(g),g.addEventListener("scroll",m,{passive:!0}),()=>{_.disconnect(),g.removeEventListener("scroll",m)}},[a,i]),xn(()=>{u.current&&(u.current.scrollTop=0)},[r]),xn(()=>{if(!c.current||!u.current)return;let{index:g,control:_}=c.current,S=Ki(u.current.querySelector(`[aria-rowindex="${g+2}"]`));S.length&&(c.current=null,S[Math.min(_,S.length-1)].focus({preventScroll:!0}))});let d=(g,_)=>{let S=u.current;c.current={index:Math.max(0,Math.min(e-1,g)),control:_};let q=S.firstElementChild?.clientHeight??0,z=c.current.index*a,we=z+a+q-S.clientHeight;S.scrollTop=Math.max(we,Math.min(z,S.scrollTop)),p(se=>({...se})),m()},b=g=>{let _=g.target,S=_.closest(".rows-all [aria-rowindex]"),q=Ki(S),z=q.indexOf(_),we=S?Number(S.getAttribute("aria-rowindex"))-2:-1,se=ec(g,{index:we,control:z,range:f,count:e,rowHeight:a,height:u.current?.clientHeight??0});!se||g.altKey||g.metaKey||(g.preventDefault(),se.index===we?q[Math.max(0,Math.min(q.length-1,se.control))]?.focus():d(se.index,se.control))},y=[],x=Math.min(f.last,e);for(let g=Math.min(f.first,e);g<x;g++)y.push(t(g));s>=0&&s<e&&(s<f.first||s>=x)&&y.push(t(s));let A=Math.min(e*a,Jl);return l`<div
class="rows"
ref=${u}
role="grid"
aria-label=${o}
aria-rowcount=${e+1}
tabindex="0"
onKeyDown=${b}
>
${n}
<div class="rows-all" role="rowgroup" style=${{height:`${A}px`}}>${y}</div>
</div>`}function ec({key:e,ctrlKey:t},{index:n,control:o,range:s,count:r,rowHeight:i,height:a}){let u=Math.max(1,Math.floor(a/i)-2);if(n<0){let c=s.first?s.first+Es:0;return e==="ArrowDown"&&r?{index:c,control:0}:void 0}switch(e){case"ArrowDown":return{index:n+1,control:o};case"ArrowUp":return{index:n-1,control:o};case"PageDown":return{index:n+u,control:o};case"PageUp":return{index:n-u,control:o};case"Home":return t?{index:0,control:o}:{index:n,control:0};case"End":return t?{index:r-1,control:o}:{index:n,control:1/0};case"ArrowRight":return{index:n,control:o+1};case"ArrowLeft":return{index:n,control:o-1};default:return}}function Ki(e){return[...e?.querySelectorAll(Ql)??[]]}function ye({cause:e,actor:t,reason:n},o){let s=h().cause;switch(e){case ie.INACTIVITY:return o===void 0?s.inactivity:s.inactive(xt(o));case ie.ACTIVITY:return s.activity;case ie.MANUAL:{let r=t?s.by(ln(t)):s.byHand;return n?s.withReason(r,ln(n)):r}default:return""}}function ln(e){return e&&`⁨${e}⁩`}var tc={person:()=>0,status:(e,t)=>e.status-t.status,since:(e,t)=>e.since-t.since};function nc(e,t){return e.key!==t.key?e.key<t.key?-1:1:e.id<t.id?-1:e.id>t.id?1:0}var mo=class{constructor(){this.rows=[],this.wanted={by:"person",down:!1,search:"",statuses:new Set}}reset(t,n){this.wanted=n,this.rows=[];for(let o of t)this.#e(o)&&this.rows.push(o);this.rows.sort((o,s)=>this.#n(o,s))}change(t,n){let o=t&&this.#e(t)?this.#t(t):-1,s=this.#e(n);if(o>=0&&s&&this.#n(t,n)===0){this.rows[o]=n;return}o>=0&&this.rows.splice(o,1),s&&this.rows.splice(this.#t(n),0,n)}indexOf(t){return this.#e(t)?this.#t(t):-1}#e(t){let{search:n,statuses:o}=this.wanted;return(o.size===0||o.has(t.status))&&(n===""||t.key.includes(n))}#n(t,n){let o=tc[this.wanted.by](t,n)||nc(t,n);return this.wanted.down?-o:o}#t(t){let n=0,o=this.rows.length;for(;n<o;){let s=n+o>>1;this.#n(this.rows[s],t)<0?n=s+1:o=s}return n}};var oc=4e3,Xi=1e3,sc=1e4,ho=150,rc=200,ic=5e3,lt=$(""),_e=$(new Set),Be=$({by:"person",down:!1}),Q=$(new Set),ut=$(!1),ge=new mo,vo=[],Ns=0,As=$(0),fn=R(()=>{if(de.value,As.value,!ut.value)return{count:ge.rows.length,at:t=>ge.rows.at(t)};let e=vo;return{count:e.length,at:t=>V.all.get(e[t]?.id)??e.at(t)}});V.onChange=(e,t)=>ge.change(e,t);V.onReset=()=>{zi();let e=[...Q.peek()].filter(t=>V.all.has(t));e.length<Q.peek().size&&(Q.value=new Set(e)),co()};function zi(){let{by:e,down:t}=Be.peek();ge.reset(V.all.values(),{by:e,down:t,search:Et(lt.peek().trim()),statuses:_e.peek()}),_o()}Z(()=>{lt.value,_e.value,Be.value,zi(),As.value=As.peek()+1});Z(()=>{N.value,Q.value=new Set});function yo(){Be.peek().by==="person"&&_e.peek().size===0||(ut.peek()||(vo=[...ge.rows]),ut.value=!0,clearTimeout(Ns),Ns=setTimeout(_o,ic))}function _o(){clearTimeout(Ns),ut.value=!1,vo=[]}function Zi(e){if(ut.peek())return vo.findIndex(n=>n.id===e);let t=V.all.get(e);return t?ge.indexOf(t):-1}var Ot=[0,40],Is=0,cn=0,Ji=0,at=null,Ts=!1;function Qi(e,t){e===Ot[0]&&t===Ot[1]||(Ot=[e,t],at?.abort(),cn=1/0,Tt(ho))}function Tt(e){let t=performance.now()+e;!Ts||t>=cn||(clearTimeout(Is),cn=t,Is=setTimeout(ac,e))}function Os(){let{at:e}=fn.peek(),t=[];for(let n=Ot[0];n<Math.min(Ot[1],Ot[0]+rc);n++){let o=e(n);o&&t.push(o)}return t}async function ac(){cn=1/0;let e=Os().map(o=>o.id);if(e.length&&T.peek()==="live"&&!document.hidden){at?.abort();let o=at=new AbortController;Ji=performance.now();try{let s=await G.batchGetStatuses({accountId:N.peek(),userIds:e},{signal:o.signal});Ue(s.userStatuses)}catch(s){if(!(s instanceof k))throw s;if(D(s))return}if(at!==o)return;at=null}let t=Nt(),n=Os().some(({nextAt:o})=>o!==void 0&&o-t<sc);Tt(n?Xi:oc)}function ea(){Ts=!0,cn=1/0,Tt(ho);let e=Z(()=>{fn.value,!(T.value!=="live"||at||!Os().some(({checked:o})=>o===0))&&Tt(Math.max(ho,Ji+Xi-performance.now()))}),t=Z(()=>{st.value,Tt(ho)}),n=()=>Tt(0);return document.addEventListener("visibilitychange",n),()=>{Ts=!1,clearTimeout(Is),at?.abort(),document.removeEventListener("visibilitychange",n),e(),t()}}function ta(e){let{by:t,down:n}=Be.value;Be.value={by:e,down:t===e?!n:e==="since"}}function na(e){let t=new Set(_e.value);t.delete(e)||t.add(e),_e.value=t.size===3?new Set:t}function oa(e){let t=new Set(Q.value);t.delete(e)||t.add(e),Q.value=t}function Cs(){return ge.rows.length>0&&Q.value.size>0&&ge.rows.every(({id:e})=>Q.value.has(e))}function sa(){let e=new Set(Q.value);if(Cs())for(let{id:t}of ge.rows)e.delete(t);else for(let{id:t}of ge.rows)e.add(t);Q.value=e}var uc=1e4;function ia({person:e,index:t,top:n,onSet:o}){let s=h().board,r=Q.value.has(e.id);return l`<div
class="row ${r?"selected":""}"
role="row"
aria-rowindex=${t+2}
data-id=${e.id}
style=${{transform:`translateY(${n}px)`}}
>
<div class="cell check" role="gridcell">
${F("status.write")&&l`<input
type="checkbox"
tabindex="-1"
aria-label=${s.select(e.id)}
checked=${r}
onChange=${()=>oa(e.id)}
/>`}
</div>
<div class="cell person" role="rowheader">
<a href=${ve("person",e.id)} tabindex="-1"><${W}>${e.id}<//></a>
</div>
<div class="cell status-cell" role="gridcell"><${J} status=${e.status} /></div>
<${lc} person=${e} />
<${cc} person=${e} />
<div class="cell next" role="gridcell"><${Rs} person=${e} /></div>
<div class="cell act" role="gridcell">
${F("status.write")&&l`<button
type="button"
class="icon-button"
tabindex="-1"
aria-label=${s.set(e.id)}
title=${s.set(e.id)}
onClick=${()=>o(e.id)}
>
<${ee} name="pencil" />
</button>`}
</div>
</div>`}function lc({person:e}){let{cause:t,checked:n,lastActivity:o}=e,s=t===ie.INACTIVITY&&n&&o!==void 0?Fe.value-o:void 0,r=ye(e,s);return l`<div class="cell why" role="gridcell" title=${r}>${r}</div>`}function cc({person:e}){let t=xt(Fe.value-e.since);return l`<div class="cell since" role="gridcell">
<time dateTime=${new Date(e.since).toISOString()} title=${tt(e.since)}>${t}</time>
</div>`}function Rs({person:e}){let{next:t,nextAt:n,checked:o}=e,s=Fe.value;return t===E.UNSPECIFIED||n===void 0||T.value!=="live"||s-o>uc?l`<span class="hint">–</span>`:l`<span class="countdown ${n-s<6e4?"near":""}" title=${tt(n)}>
${h().board.nextIn(me(t),Li(n-s))}
</span>`}function te(e){let t=h().errors;if(!(e instanceof k))throw e;switch(e.code){case"permission_denied":return t.denied;case"deadline_exceeded":return t.timeout;case"resource_exhausted":return t.limit;case"unavailable":return e.reason==="STORE_UNAVAILABLE"?t.store:t.unreachable;default:return t.failed(e.violations[0]?.description??e.message)}}function be(e){return e instanceof k&&e.code==="canceled"}var fc=512,pc=4,Ct=5,dc=10,mc=1e4;function Rt({ids:e,onClose:t}){let n=h().setStatus,o=w(e),s=w(e.length===1&&V.all.get(e[0])?.status||E.ONLINE),r=w(""),i=w(-1),a=w([]),u=H(new AbortController),c=new TextEncoder().encode(r.value).length>fc,f=i.value>=0,p=e.length===1,m=async y=>{if(y.preventDefault(),c||f)return;i.value=0,a.value=[];let{signal:x}=u.current=new AbortController,A=await _c(o.value,s.value,r.value.trim(),x,()=>i.value++);i.value=-1,o.value=A.left,a.value=A.failures,p||(Q.value=new Set(A.left)),A.left.length===0&&t()},d=()=>{u.current.abort(),(!f||p)&&t()},b=p?n.title(`⁨${e[0]}⁩`):n.titleMany(o.value.length);return l`<${ro} title=${b} onClose=${d}>
<form onSubmit=${m} novalidate>
${p?l`<${hc} id=${e[0]} />`:l`<${vc} ids=${o.value} />`}
<fieldset class="segments" disabled=${f}>
<legend>${n.status}</legend>
${[E.ONLINE,E.AWAY,E.OFFLINE].map(y=>l`<label class="segment" key=${y}>
<input type="radio" name="status" checked=${s.value===y} onChange=${()=>s.value=y} />
<${J} status=${y} />
</label>`)}
</fieldset>
<div class="field ${c?"wrong":""}">
<label for="reason">${n.reason} <span class="hint">(${n.optional})</span></label>
<input
id="reason"
autocomplete="off"
disabled=${f}
value=${r.value}
aria-describedby="reason-hint"
aria-invalid=${c?"true":null}
onInput=${y=>r.value=y.currentTarget.value}
/>
<p class=${c?"problem":"hint"} id="reason-hint">${c?n.reasonTooLong:n.reasonHint}</p>
</div>
<${yc} failed=${a.value} left=${o.value.length} isOne=${p} />
<div class="dialog-actions">
${f&&!p&&l`<span class="hint" role="status">${n.progress(i.value,o.value.length)}</span>`}
<button type="button" onClick=${d}>${f&&!p?n.stop:h().common.cancel}</button>
<button type="submit" class="primary" disabled=${c||f}>${n.submit}</button>
</div>
</form>
<//>`}function hc({id:e}){de.value;let t=V.all.get(e);return t?l`<p>${h().setStatus.now} <${J} status=${t.status} /> <span class="hint">${ye(t)}</span></p>`:null}function vc({ids:e}){let t=e.slice(0,Ct).map((n,o)=>l`${o>0&&", "}<bdi key=${n}>${n}</bdi>`);return l`<p class="hint">${t}${e.length>Ct&&l` ${h().common.more(e.length-Ct)}`}</p>`}function yc({failed:e,left:t,isOne:n}){return e.length===0?null:n?l`<${C} kind="error">${e[0].why}<//>`:l`<${C} kind="error">
<p>${h().setStatus.failed(t)}</p>
<ul class="lines">
${e.slice(0,Ct).map(({id:o,why:s})=>l`<li key=${o}><${W}>${o}<//>: ${s}</li>`)}
</ul>
${e.length>Ct&&l`<p>${h().common.more(e.length-Ct)}</p>`}
<//>`}async function _c(e,t,n,o,s){let r=N.peek(),i=new Set(e),a=[...e],u=[],c=!1,f=async()=>{for(let p=a.shift();p!==void 0&&!c&&!o.aborted;p=a.shift()){try{let{userStatus:m}=await gc(()=>G.setStatus({accountId:r,userId:p,status:t,reason:n}),e.length>1);i.delete(p),m&&Ue([m])}catch(m){D(m)?c=!0:u.push({id:p,why:te(m)}),m instanceof k&&(m.code==="unavailable"||m.code==="deadline_exceeded")&&(c=!0)}s()}};return await Promise.all(Array.from({length:Math.min(pc,e.length)},f)),{left:[...i],failures:u}}async function gc(e,t){for(let n=0;;n++)try{return await e()}catch(o){if(!t||n===dc||!(o instanceof k)||o.reason!=="LIMIT_EXCEEDED")throw o;await new Promise(s=>setTimeout(s,Math.min(o.retryAfterMs??1e3,mc)))}}var bc=[E.ONLINE,E.AWAY,E.OFFLINE];function ua(){let e=h().board,t=w(null),n=H("");I(ea,[]);let{count:o,at:s}=fn.value,r=u=>{n.current=u.target.closest("[data-id]")?.dataset.id??"",u.target.matches(":focus-visible")&&yo()};if(T.value==="denied")return l`<${ue} title=${h().errors.denied} />`;let i=!oe.value&&T.value!=="lost"&&o===0,a=u=>{let c=s(u);return c?l`<${ia}
key=${c.id}
person=${c}
index=${u}
top=${u*It.value}
onSet=${f=>t.value=[f]}
/>`:null};return l`<h1 class="visually-hidden">${e.title}</h1>
<${rt} />
<div class="board ${At.value?"stale":""} ${F("status.write")?"":"read-only"}">
<${wc} />
<${$c} onSet=${()=>t.value=[...Q.value]} />
${i?l`<${ce} />`:l`<div
class="rows-frame"
onFocusIn=${r}
onFocusOut=${()=>n.current=""}
onKeyDown=${yo}
onPointerMove=${yo}
onPointerLeave=${_o}
>
<${po}
count=${o}
row=${a}
head=${l`<${Sc} />`}
label=${e.title}
kept=${n.current?Zi(n.current):-1}
top=${`${lt.value} ${[..._e.value]} ${Object.values(Be.value)}`}
onRange=${Qi}
/>
</div>`}
${!i&&o===0&&l`<${xc} />`}
</div>
${t.value&&l`<${Rt} ids=${t.value} onClose=${()=>t.value=null} />`}`}function wc(){let e=h().board;de.value;let{counts:t}=V,n=_e.value;return l`<div class="tools">
<div class="search">
<${ee} name="search" />
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
value=${lt.value}
onInput=${o=>lt.value=o.currentTarget.value}
/>
</div>
<div class="chips" role="group" aria-label=${e.filter}>
<button
type="button"
class="chip"
aria-pressed=${n.size===0?"true":"false"}
onClick=${()=>_e.value=new Set}
>
<span>${e.all}</span> <${aa} n=${V.all.size} />
</button>
${bc.map(o=>l`<button
type="button"
key=${o}
class="chip"
aria-pressed=${n.has(o)?"true":"false"}
onClick=${()=>na(o)}
>
<${ks} status=${o} /><span>${me(o)}</span>
<${aa} n=${t[o]} />
</button>`)}
</div>
${ut.value&&l`<p class="hint end">${e.held}</p>`}
</div>`}function aa({n:e}){return l`<span class="count">${oe.value||e?_t(e):"–"}</span>`}function $c({onSet:e}){let t=h().board,n=Q.value.size;return n===0||!F("status.write")?null:l`<div class="selection" role="status">
<span>${t.selected(n)}</span>
<button type="button" class="primary" onClick=${e}>${t.setSelected}</button>
<button type="button" class="quiet" onClick=${()=>Q.value=new Set}>${t.clear}</button>
</div>`}function Sc(){let e=h().board;return fn.value,l`<div class="rows-head" role="rowgroup">
<div class="row" role="row" aria-rowindex="1">
<div class="cell check" role="columnheader">
${F("status.write")?l`<input type="checkbox" aria-label=${e.selectAll} checked=${Cs()} onChange=${sa} />`:l`<span class="visually-hidden">${e.selectAll}</span>`}
</div>
<${Ms} by="person" name=${e.person} />
<${Ms} by="status" name=${e.status} />
<div class="cell why" role="columnheader">${e.cause}</div>
<${Ms} by="since" name=${e.since} />
<div class="cell next" role="columnheader">${e.next}</div>
<div class="cell act" role="columnheader"><span class="visually-hidden">${e.setSelected}</span></div>
</div>
</div>`}function Ms({by:e,name:t}){let{by:n,down:o}=Be.value,s=n===e;return l`<div class="cell ${e}" role="columnheader" aria-sort=${s?o?"descending":"ascending":"none"}>
<button type="button" class="sorter" onClick=${()=>ta(e)}>
${t}${s&&l`<${ee} name=${o?"down":"up"} />`}
</button>
</div>`}function xc(){let e=h().board;if(V.all.size===0)return T.value==="live"?l`<${ue} title=${e.empty} hint=${e.emptyHint} />`:null;let t=()=>{lt.value="",_e.value=new Set};return l`<${ue} title=${e.noMatch}><button type="button" onClick=${t}>${e.showAll}</button><//>`}function la(e){return["effective_time,user_id,previous_status,status,cause,actor,reason",...e.map(({at:n,id:o,from:s,to:r,cause:i,actor:a,reason:u})=>[new Date(n).toISOString(),o,E[s],E[r],ie[i],a,u].map(kc).join(",")),""].join(`\r
`)}function kc(e){let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function ca(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(new Blob(["\uFEFF",t],{type:"text/csv;charset=utf-8"})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),6e4)}var go=2e4,Ec=1e3;async function bo({accountId:e,userId:t,start:n,end:o,signal:s,most:r=go},i=G){let a=[],u="";do{let c={startTime:Gn(n),endTime:o===void 0?void 0:Gn(o)},f=await i.listStatusChanges({accountId:e,userId:t,...c,pageSize:Ec,pageToken:u},{signal:s});for(let p of f.changes)a.push({id:p.userId,revision:p.revision,from:p.previousStatus,to:p.status,cause:p.cause,actor:p.actor,reason:p.reason,at:M(p.effectiveTime)??0});u=f.nextPageToken}while(u&&a.length<r);return{changes:a.sort(Nc),isCapped:u!==""}}function Nc(e,t){return t.at-e.at||Number(t.revision-e.revision)}var Ac=6e4,fa=8,Ic=4e3,Tc=400,wo=class{constructor(t,n,o){this.wanted=t,this.calls=o,this.changes=[],this.from=t.end??n,this.until=t.end,this.isCut=!1,this.sliceMs=t.userId?Math.max(1,this.from-t.start):Ac}get isComplete(){return this.from<=this.wanted.start}async more(t,n,o){let s=this.changes.length;for(;!this.isComplete&&!n(this.changes)&&this.changes.length-s<go;){let r=Math.max(this.wanted.start,this.from-this.sliceMs),i=this.from-r<=1,a=i?go:Ic,u=await bo({...this.wanted,start:r,end:this.until,signal:t,most:a},this.calls);if(u.isCapped&&!i){this.sliceMs=Math.max(1,Math.floor((this.from-r)/fa));continue}this.isCut||=u.isCapped,this.changes.push(...u.changes),this.from=this.until=r,u.changes.length<Tc&&(this.sliceMs*=fa),o(this.changes.length)}}};var da=["hour","today","yesterday","7","30","days"];function Ls(e,t,n,o){switch(e){case"hour":return{start:o-36e5,end:void 0};case"today":return{start:Mt(new Date(o),0),end:void 0};case"yesterday":return{start:Mt(new Date(o),-1),end:Mt(new Date(o),0)};case"days":{let[s,r]=[Mt(pa(t),0),Mt(pa(n||t),1)];return s<r?{start:s,end:r}:null}default:return{start:Mt(new Date(o),1-Number(e)),end:void 0}}}function ma(e){let t=new Date(e),n=o=>String(o).padStart(2,"0");return`${t.getFullYear()}-${n(t.getMonth()+1)}-${n(t.getDate())}`}function pa(e){let[t,n,o]=e.split("-").map(Number);return new Date(t,n-1,o)}function Mt(e,t){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+t).getTime()}var Oc=[["MANUAL",ie.MANUAL],["INACTIVITY",ie.INACTIVITY],["ACTIVITY",ie.ACTIVITY]],Cc=400,Rc=500,Mc=20;function ha(){let e=h().history,t=w(""),n=w("today"),o=w(ma(Date.now())),s=w(o.value),r=w(0),i=w(0),a=w(null),u=w(0),c=w(0),f=w(""),p=w(null),m=_=>!r.value||_.cause===r.value,d=async(_,S)=>{let q=_.changes.filter(m).length+Rc;p.value=S,f.value="";try{await _.more(S.signal,z=>z.filter(m).length>=q,z=>c.value=z),a.value=_}catch(z){if(be(z)||D(z))return;f.value=te(z)}p.value===S&&(p.value=null)},b=Ls(n.value,o.value,s.value,Date.now());I(()=>{let _=new AbortController,S=setTimeout(()=>{let q=Date.now(),z=Ls(n.value,o.value,s.value,q);a.value=null,c.value=0,u.value=q,z&&d(new wo({accountId:N.peek(),userId:t.value.trim(),...z},q),_)},t.value?Cc:0);return()=>{clearTimeout(S),_.abort(),p.value?.abort()}},[t.value,n.value,o.value,s.value,r.value,i.value]);let y=a.value,x=y?.changes.filter(m)??[],A=Et(t.value.trim()),g=A?[...V.all.values()].filter(_=>_.key.includes(A)).slice(0,Mc):[];return l`<h1>${e.title}</h1>
<div class="tools">
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${t.value}
onInput=${_=>t.value=_.currentTarget.value}
/>
<datalist id="people">${g.map(({id:_})=>l`<option key=${_} value=${_}></option>`)}</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${_=>n.value=_.currentTarget.value}>
${da.map(_=>l`<option value=${_} selected=${_===n.value}>${e.ranges[_]}</option>`)}
</select></label
>
${n.value==="days"&&[[e.firstDay,o],[e.lastDay,s]].map(([_,S])=>l`<label class="labelled" key=${_}
>${_}
<input type="date" value=${S.value} onChange=${q=>S.value=q.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${_=>r.value=Number(_.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${Oc.map(([_,S])=>l`<option value=${S}>${h().cause.names[_]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>i.value++}>${e.refresh}</button>
${x.length>0&&l`<button type="button" onClick=${()=>ca(`${N.value}.csv`,la(x))}>${e.download}</button>`}
<p class="hint end" role="status">
${y&&`${e.shown(x.length)} · ${e.readAt(U(u.value))}`}
${!y&&(c.value>0?e.reading(c.value):h().common.loading)} · ${h().common.zone($t)}
</p>
</div>
${!b&&l`<${C} kind="warn">${e.noDays}<//>`}
${f.value&&l`<${C}
kind="error"
actions=${l`<button type="button" onClick=${()=>i.value++}>${h().common.retry}</button>`}
>${f.value}<//
>`}
${y?.isCut&&l`<${C} kind="warn">${e.cut}<//>`}
${y&&x.length>0&&l`<${Lc} changes=${x} top=${u.value} />`}
${y&&x.length===0&&l`<${ue} title=${e.empty} hint=${t.value?e.wholeName:e.kept} />`}
${!y&&b&&!f.value&&l`<${ce} />`}
${y&&!y.isComplete&&l`<p class="older">
<button type="button" disabled=${p.value!==null} onClick=${()=>d(y,new AbortController)}>
${p.value?e.reading(c.value):e.older}
</button>
<span class="hint">${e.readFrom(U(y.from))}</span>
</p>`}`}function Lc({changes:e,top:t}){let n=h().history,o=l`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`,s=r=>{let i=e[r];return l`<div
class="row change"
role="row"
key=${String(i.revision)}
aria-rowindex=${r+2}
style=${{transform:`translateY(${r*It.value}px)`}}
>
<div class="cell time" role="gridcell"><${ot} ms=${i.at} /></div>
<div class="cell person" role="rowheader"><a tabindex="-1" href=${ve("person",i.id)}><${W}>${i.id}<//></a></div>
<div class="cell what" role="gridcell"><${Ds} change=${i} /></div>
<div class="cell why" role="gridcell" title=${ye(i)}>${ye(i)}</div>
</div>`};return l`<${po}
count=${e.length}
row=${s}
head=${o}
label=${n.title}
top=${t}
/>`}function Ds({change:e}){let t=h().history;return l`<span class="from-to">
<span class="visually-hidden">${t.from}</span><${J} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${t.to}</span>
<${J} status=${e.to} />
</span>`}function va(e,t,n,o){let s=[],r=(u,c,f)=>{let p=s.at(-1);c=Math.max(c,n),f=Math.min(f,o),!(u===E.UNSPECIFIED||f<=c)&&(p&&p.status===u&&p.from===f?p.from=c:s.push({status:u,from:c,to:f}))},i=1/0;for(let u of e)r(u.to,u.at,i),i=u.at;let a=e.at(-1);return a?r(a.from,-1/0,i):r(t.status,t.since,i),s.reverse()}var Dc=[10,30,60,120,240,720,1440],Fc=8,Uc=6e4;function ya(e,t){let n=Dc.find(u=>(t-e)/Uc/u<=Fc)??1440,o=[],s=new Date(e);s.setHours(0,0,0,0);let[r,i,a]=[s.getFullYear(),s.getMonth(),s.getDate()];for(let u=0;;u+=n){let c=new Date(r,i,a,0,u).getTime();if(c>=t)return o;c>=e&&c!==o.at(-1)&&o.push(c)}}var Fs=1e3,Us=28,_a={[E.ONLINE]:1,[E.AWAY]:2/3,[E.OFFLINE]:1/3};function ga({parts:e,start:t,end:n}){let o=i=>(i-t)/(n-t)*Fs,s=new Map;for(let{status:i,from:a,to:u}of e)s.set(i,(s.get(i)??0)+u-a);let r=h().person.bar([...s].map(([i,a])=>`${me(i)} ${St(a)}`).join(", "));return l`<div class="timeline">
<svg viewBox="0 0 ${Fs} ${Us}" preserveAspectRatio="none" role="img" aria-label=${r}>
${e.map(({status:i,from:a,to:u})=>l`<rect
key=${a}
class="part ${it(i).toLowerCase()}"
x=${o(a)}
width=${Math.max(.5,o(u)-o(a))}
y=${Us*(1-_a[i])}
height=${Us*_a[i]}
>
<title>${`${me(i)}: ${U(a)} – ${U(u)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${ya(t,n-(n-t)/20).map(i=>l`<span key=${i} style=${{left:`${o(i)/(Fs/100)}%`}}>${Bc(i,n-t)}</span>`)}
</div>
</div>
<ul class="sums">
${[...s].map(([i,a])=>l`<li key=${i}><${J} status=${i} /> ${St(a)}</li>`)}
</ul>`}function Bc(e,t){return t>2*so?bt("mark day",{weekday:"short",day:"numeric"}).format(e):bt("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}var Pc=4e3,Wc=[8,24,168],ba=100;function wa({id:e}){let t=h().person,n=w(!1);de.value;let o=V.all.get(e),s=T.value==="live";I(()=>{if(!s)return;let i=new AbortController,a=async()=>{if(!document.hidden)try{let{userStatus:c}=await G.getStatus({accountId:N.peek(),userId:e},{signal:i.signal});c&&Ue([c])}catch(c){if(!(c instanceof k))throw c;D(c)}};a();let u=setInterval(a,Pc);return document.addEventListener("visibilitychange",a),()=>{clearInterval(u),document.removeEventListener("visibilitychange",a),i.abort()}},[e,o?.revision,s]);let r=l`<p class="crumbs"><a href=${ve("board")}><${ee} name="back" />${t.back}</a></p>`;return T.value==="denied"?l`${r}<${ue} title=${h().errors.denied} />`:o?l`${r}<${rt} />
<div class=${At.value?"stale":""}>
<div class="person-head">
<h1><${W}>${e}<//></h1>
<${J} status=${o.status} large />
${F("status.write",e)&&l`<button type="button" onClick=${()=>n.value=!0}>${h().board.setSelected}</button>`}
</div>
<${Bs} person=${o} />
<${Ps} id=${e} person=${o} />
</div>
${n.value&&l`<${Rt} ids=${[e]} onClose=${()=>n.value=!1} />`}`:l`${r}<${rt} />${oe.value?l`<${ue} title=${t.unknown(e)} />`:l`<${ce} />`}`}function Bs({person:e}){let t=h().person,n=Fe.value,{lastActivity:o}=e,s=i=>l`<${ot} ms=${i} now=${n} /> <span class="hint">(${xt(n-i)})</span>`,r=e.next!==E.UNSPECIFIED&&e.nextAt!==void 0;return l`<dl class="facts card">
<div><dt>${t.since}</dt><dd>${s(e.since)}</dd></div>
<div>
<dt>${t.why}</dt>
<dd>${ye(e,e.checked&&o!==void 0?n-o:void 0)}</dd>
</div>
<div><dt>${t.last}</dt><dd>${o===void 0?t.never:s(o)}</dd></div>
<div><dt>${t.next}</dt><dd>${r?l`<${Rs} person=${e} />`:t.none}</dd></div>
</dl>`}function Ps({id:e,person:t}){let n=h().person,o=w(24),s=w(0),r=w(null),i=w(""),a=Fe.value,u=s.value||a,c=o.value*an,f=u-c;I(()=>{let y=new AbortController;return bo({accountId:N.peek(),userId:e,start:f,signal:y.signal}).then(x=>{r.value={...x,start:f},i.value=""},x=>{!be(x)&&!D(x)&&(i.value=te(x))}),()=>y.abort()},[e,c,s.value,t.revision]);let{changes:p=[],isCapped:m=!1}=r.value??{},d=r.value!==null&&r.value.start<=f,b=y=>s.value=y<Fe.peek()?y:0;return l`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>b(f)}>${n.earlier}</button>
<button type="button" disabled=${!s.value} onClick=${()=>b(u+c)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${y=>o.value=Number(y.currentTarget.value)}>
${Wc.map(y=>l`<option value=${y} selected=${y===o.value}>${n.ranges[y]}</option>`)}
</select></label
>
</div>
</div>
${s.value>0&&l`<p role="status">${U(f,a)} – ${U(u,a)}</p>`}
${i.value&&l`<${C} kind="error">${i.value}<//>`}
${m?l`<${C} kind="warn">${n.capped}<//>`:d?l`<${ga} parts=${va(p,t,f,u)} start=${f} end=${u} />
<${Vc} changes=${p.filter(({at:y})=>y>=f&&y<u)} key=${`${c} ${s.value}`} />`:!i.value&&l`<${ce} />`}
</section>`}function Vc({changes:e}){let t=h().person,n=w(ba);return e.length===0?l`<p class="hint">${t.noChanges}</p>`:l`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${h().history.time}</th>
<th scope="col">${h().history.change}</th>
<th scope="col">${h().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(o=>l`<tr key=${String(o.revision)}>
<td><${ot} ms=${o.at} /></td>
<td><${Ds} change=${o} /></td>
<td class="breaks">${ye(o)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&l`<button type="button" class="quiet" onClick=${()=>n.value+=ba}>${h().common.more(e.length-n.value)}</button>`}
<p class="hint">${h().common.zone($t)}</p>`}var Hc=4e3;function $a({id:e}){let t=h(),n=w(!1),o=w(!1),s=w("");de.value;let r=V.all.get(e);I(()=>{let a=async()=>{if(!document.hidden)try{let{userStatus:c}=await G.getStatus({accountId:N.peek(),userId:e});c&&Ue([c]),s.value="",o.value=!1}catch(c){if(!(c instanceof k))throw c;if(D(c))return;o.value=c.code==="not_found",s.value=o.value?"":te(c)}};a();let u=setInterval(a,Hc);return document.addEventListener("visibilitychange",a),()=>{clearInterval(u),document.removeEventListener("visibilitychange",a)}},[e]);let i=F("status.write",e)&&l`<button type="button" onClick=${()=>n.value=!0}>${t.board.setSelected}</button>`;return l`${s.value&&l`<${C} kind="error">${s.value}<//>`}
${r?l`<div class=${s.value?"stale":""}>
<div class="person-head">
<h1><${W}>${e}<//></h1>
<${J} status=${r.status} large />
${i}
</div>
<${Bs} person=${r} />
<${Ps} id=${e} person=${r} />
</div>`:o.value?l`<${ue} title=${t.person.unseenYet}>${i}<//>`:!s.value&&l`<${ce} />`}
${n.value&&l`<${Rt} ids=${[e]} onClose=${()=>n.value=!1} />`}`}function xa(){let e=h().signIn,t=w(!1),n=H(null);I(()=>{document.title=`${e.title} · onduty`,n.current?.focus()},[]);let o=async r=>{t.value=!0,await r(),t.value=!1},s=ht.value?.issuer;return l`<main class="alone">
<div class="card narrow">
<${nt} />
<h1 ref=${n} tabindex="-1">${e.title}</h1>
${Ze.value&&l`<${C} kind="warn">
<p>${e.why[Ze.value]}</p>
${Jn.value&&l`<p class="hint"><${W}>${Jn.value}<//></p>`}
<//>`}
${s&&l`<button type="button" class="primary wide" disabled=${t.value} onClick=${()=>o(mi)}>
${e.at(new URL(s).host)}
</button>
<p class="hint">${e.atHint}</p>`}
${s?l`<details open=${Ze.value==="refused"}>
<summary>${e.byToken}</summary>
<${Sa} isBusy=${t.value} busily=${o} kind="" />
</details>`:l`<${Sa} isBusy=${t.value} busily=${o} kind="primary" />`}
<${gt} />
</div>
</main>`}function Sa({isBusy:e,busily:t,kind:n}){let o=h().signIn,s=w("");return l`<form class="token-form" onSubmit=${async i=>{i.preventDefault();let a=new FormData(i.currentTarget).get("token")?.toString().trim()??"";s.value=a?"":o.empty,a&&await t(()=>di(a))}} novalidate>
<div class="field ${s.value?"wrong":""}">
<label for="token">${o.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${s.value?"true":null}
/>
<p class=${s.value?"problem":"hint"} id="token-hint" role=${s.value?"alert":null}>
${s.value||o.hint}
</p>
</div>
<button type="submit" class="${n} wide" disabled=${e}>${o.submit}</button>
</form>`}var pn={s:1e3,min:6e4,h:36e5,d:864e5},Gc=["d","h","min","s"],$o=pn.s,Ea=30*pn.d,Lt={text:"10",unit:"min"},So={text:"30",unit:"min"},Na=3,Aa=["enabled","away_after","offline_after","resume","keep_manual_away"];function ke(e){return{enabled:e.enabled??!1,awayAfter:Dt(M(e.awayAfter)),offlineAfter:Dt(M(e.offlineAfter)),resume:e.resume||ti.FROM_AWAY,keepManualAway:e.keepManualAway??!1}}function Ft(e,t,n){let{enabled:o,awayAfter:s,offlineAfter:r,resume:i,keepManualAway:a}=t;return{accountId:e,enabled:o,resume:i,keepManualAway:a,etag:n,awayAfter:s?qn(he(s)):void 0,offlineAfter:r?qn(he(r)):void 0}}function xo(e){let t={};for(let n of["awayAfter","offlineAfter"]){let o=e[n];if(!o)continue;let s=he(o);s===void 0?t[n]="number":(s<$o||s>Ea)&&(t[n]="range")}if(!t.awayAfter&&!t.offlineAfter&&e.awayAfter&&e.offlineAfter){let[n,o]=[he(e.awayAfter),he(e.offlineAfter)];o<=n&&(t.offlineAfter="order")}return e.enabled&&!e.awayAfter&&!e.offlineAfter&&(t.enabled="none"),t}function dn(e,t){return e.enabled===t.enabled&&e.resume===t.resume&&e.keepManualAway===t.keepManualAway&&ka(e.awayAfter,t.awayAfter)&&ka(e.offlineAfter,t.offlineAfter)}function ka(e,t){if(!e||!t)return e===t;let[n,o]=[he(e),he(t)];return n===o&&(n!==void 0||e.text===t.text)}function he({text:e,unit:t}){let[,n,o=""]=/^(\d+)(?:[.,](\d+))?$/.exec(e.trim())??[];if(!(n===void 0||o.length===3&&n!=="0"))return Math.round(+`${n}.${o}`*pn[t])}function Dt(e){if(e===void 0)return null;let t=Gc.find(o=>e%pn[o]===0)??"s";return{text:(e/pn[t]).toLocaleString(le.value,{useGrouping:!1}).replace(/[.,]\d{3}$/,"$&0"),unit:t}}function Ia({offlineAfter:e}){let t=e?he(e):void 0;return t===void 0||t>he(Lt)?Lt:Dt(Math.max($o,Math.floor(t/Na/$o)*$o))}function Ta({awayAfter:e}){let t=e?he(e):void 0;return t===void 0||t<he(So)?So:Dt(Math.min(Ea,t*Na))}var qc=["s","min","h","d"],Yc=40;function ko({draft:e,faults:t,refused:n={},onChange:o,disabled:s=!1}){let r=h().workflows,i=H(null),a=H("");I(()=>{a.current&&i.current?.querySelector(a.current)?.focus(),a.current=""});let u=p=>{let m=t[p];return m?r.invalid[m]:n[p]},c=[["awayAfter",r.awayAfter,r.addAway,r.removeAway,Ia],["offlineAfter",r.offlineAfter,r.addOffline,r.removeOffline,Ta]],f=(p,m)=>{a.current=m?`.${p} input`:`.add-${p}`,o({[p]:m})};return l`<div class="periods" ref=${i}>
${c.map(([p,m,,d])=>{let b=e[p];return b&&l`<${Kc}
key=${p}
name=${p}
label=${m}
period=${b}
onChange=${y=>o({[p]:y})}
removeLabel=${d}
onRemove=${()=>f(p,null)}
problem=${u(p)}
disabled=${s}
/>`})}
${e.awayAfter&&e.offlineAfter&&l`<p class="hint">${r.bothStart}</p>`}
${u("enabled")&&l`<p class="problem" role="alert">${u("enabled")}</p>`}
${!s&&l`<div class="adders">
${c.map(([p,,m,,d])=>!e[p]&&l`<button type="button" key=${p} class="quiet add-${p}" onClick=${()=>f(p,d(e))}>
<${ee} name="plus" />${m}
</button>`)}
</div>`}
</div>`}function Kc({name:e,label:t,period:n,onChange:o,removeLabel:s,onRemove:r,problem:i,disabled:a}){let u=Vt();return l`<div class="field ${e} ${i?"wrong":""}">
<label for=${u}>${t}</label>
<div class="field-row">
<input
id=${u}
class="short"
inputmode="decimal"
autocomplete="off"
maxlength=${Yc}
value=${n.text}
disabled=${a}
aria-invalid=${i?"true":null}
aria-describedby=${i?`${u}-problem`:null}
onInput=${c=>o({...n,text:c.currentTarget.value})}
/>
<select
aria-label=${h().workflows.unit(t)}
value=${n.unit}
disabled=${a}
onChange=${c=>o({...n,unit:c.currentTarget.value})}
>
${qc.map(c=>l`<option value=${c} selected=${c===n.unit}>${h().longUnits[c]}</option>`)}
</select>
${!a&&l`<button type="button" class="icon-button" aria-label=${s} title=${s} onClick=${r}>
<${ee} name="cross" />
</button>`}
</div>
${i&&l`<p class="problem" id=${`${u}-problem`} role="alert">${i}</p>`}
</div>`}var jc=6e4;function Ca(){let e=h().whatIf,t=w({enabled:!0,awayAfter:Lt,offlineAfter:So,resume:1,keepManualAway:!1}),n=w(null),o=w(""),s=w(""),r=w(null),i=w(null),a=xo(t.value),u=n.value!==null&&Object.keys(a).length===0&&!o.value,c=async f=>{if(f.preventDefault(),!u||!n.value)return;let p=new FormData(f.currentTarget);s.value="",r.value=null,i.value=new AbortController;try{o.value="packing";let m=await Zc(n.value);o.value="computing";let d={accountId:N.peek(),workflow:Ft("",t.value,""),log:m,timeColumn:p.get("time")?.toString().trim()??"",userColumn:p.get("user")?.toString().trim()??"",timeFormat:Number(p.get("format"))};r.value=await G.simulate(d,{signal:i.value.signal,timeoutMs:jc})}catch(m){if(be(m)||D(m))return;s.value=m instanceof k&&m.code==="invalid_argument"?e.badLog(m.violations[0]?.description??m.message):te(m)}finally{o.value=""}};return l`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${c} novalidate>
<div class="drop">
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
accept=".csv,.gz,text/csv"
aria-describedby="log-hint"
onChange=${f=>n.value=f.currentTarget.files[0]??null}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
</div>
<details class="advanced">
<summary>${e.columns}</summary>
<div class="tools">
<label class="labelled">${e.timeColumn}<input name="time" placeholder="activity_time" /></label>
<label class="labelled">${e.userColumn}<input name="user" placeholder="user_id" /></label>
<label class="labelled"
>${e.format}
<select name="format">
<option value=${Hn.RFC3339}>${e.formats.rfc3339}</option>
<option value=${Hn.EPOCH_S}>${e.formats.s}</option>
<option value=${Hn.EPOCH_MS}>${e.formats.ms}</option>
</select></label
>
</div>
</details>
<${ko} draft=${t.value} faults=${a} onChange=${f=>t.value={...t.value,...f}} />
<div class="form-footer">
<p class="hint" role="status">${o.value&&e.stages[o.value]}</p>
${o.value&&l`<progress aria-label=${e.stages[o.value]}></progress>`}
${o.value&&l`<button type="button" onClick=${()=>i.value?.abort()}>${h().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!u}>${e.run}</button>
</div>
</form>
<div class="results">
${s.value&&l`<${C} kind="error">${s.value}<//>`}
${r.value?.warnings.map(f=>l`<${C} kind="warn" key=${f}>${f}<//>`)}
${r.value?.summary&&l`<${Xc} summary=${r.value.summary} />`}
</div>`}function Xc({summary:e}){let t=h().whatIf,[n,o]=[M(e.firstActivityTime),M(e.lastActivityTime)],s=e.timeInStatus.map(c=>({status:c.status,ms:M(c.duration)??0})),r=s.reduce((c,f)=>c+f.ms,0),i=e.switches.filter(c=>c.previousStatus!==E.UNSPECIFIED),a=i.filter(c=>c.status===E.AWAY).reduce((c,f)=>c+Number(f.count),0),u=Number(e.activeSoonAfterAway);return l`<section class="card" aria-labelledby="summary">
<h2 id="summary">${t.summary}</h2>
<p>${t.read(Number(e.users),Number(e.activities))}</p>
${n!==void 0&&o!==void 0&&l`<p class="hint">${U(n)} – ${U(o)} · ${h().common.zone($t)}</p>`}
<h3>${t.time}</h3>
<div class="bars">
${s.map(({status:c,ms:f})=>l`<div class="bar-row" key=${c}>
<${J} status=${c} />
<${zc} share=${r?f/r:0} kind=${it(c)} />
<span class="value">${St(f)} <span class="hint">${Oa(f,r)}</span></span>
</div>`)}
</div>
<h3>${t.switches}</h3>
${i.length===0?l`<p>${t.noSwitches}</p>`:l`<table class="plain">
<tbody>
${i.map(c=>l`<tr key=${`${c.previousStatus} ${c.status}`}>
<td>${me(c.previousStatus)} → ${me(c.status)}</td>
<td class="end">${_t(Number(c.count))}</td>
</tr>`)}
</tbody>
</table>`}
<${C} kind=${a>0&&u/a>.1?"warn":"info"}>
<p><strong>${t.soon(u,Oa(u,a))}</strong></p>
<p class="hint">${t.soonHint}</p>
<//>
</section>`}function zc({share:e,kind:t}){return l`<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${t.toLowerCase()}" width=${100*e} height="16" />
</svg>`}function Oa(e,t){return t===0?"–":`${Math.round(100*e/t)} %`}async function Zc(e){if(e.name.endsWith(".gz"))return new Uint8Array(await e.arrayBuffer());let t=e.stream().pipeThrough(new CompressionStream("gzip"));return new Uint8Array(await new Response(t).arrayBuffer())}var Jc=250,Ra=1e4,Qc=1500,ef=["unavailable","deadline_exceeded","internal","unknown"],tf=5,Eo=class{constructor(t,n=G){this.accountId=t,this.calls=n,this.base=$(null),this.draft=$(null),this.theirs=$(null),this.problem=$(""),this.refused=$({}),this.notice=$(""),this.phase=$(""),this.question=$(null),this.preview=$({state:"none"}),this.faults=R(()=>this.draft.value?xo(this.draft.value):{}),this.isValid=R(()=>Ws(this.faults.value)&&Ws(this.refused.value)),this.isChanged=R(()=>this.base.value!==null&&this.draft.value!==null&&!dn(ke(this.base.value),this.draft.value)),this.canSave=R(()=>this.isChanged.value&&this.isValid.value&&!this.phase.value&&!this.theirs.value),this.asking=null,this.timer=0,this.rereading=0,this.heardEtag="",this.isClosed=!1}async load(t){this.problem.value="";try{let n=await this.#a();this.#i(t?.base??n),t&&this.edit(t.draft),this.#r(n,"updated"),this.#o()}catch(n){D(n)||(this.problem.value=te(n))}}close(){this.isClosed=!0,this.#s()}edit(t){this.phase.value||(xe(()=>{this.draft.value={...this.draft.value,...t},this.notice.value!=="kept"&&(this.notice.value=""),this.problem.value="",this.refused.value={}}),this.#l())}toggle(){let t=this.draft.value,{awayAfter:n,offlineAfter:o}=ke(this.base.value);t.enabled?this.edit({enabled:!1,awayAfter:n,offlineAfter:o}):this.edit({enabled:!0,awayAfter:t.awayAfter??(t.offlineAfter?null:Lt)})}discard(){this.#i(this.theirs.value??this.base.value)}restore(t){this.phase.value||this.theirs.value||(this.question.value={restoring:t,before:this.isChanged.value?this.draft.value??void 0:void 0},this.edit(ke(t)))}answer(t){let n=this.question.value;if(this.question.value=null,t)return this.#e();n?.before?this.edit(n.before):n?.restoring&&this.discard()}heard({etag:t}){this.heardEtag=t,this.base.value?this.#o():this.problem.value&&this.load()}keepMine(){xe(()=>{this.base.value=this.theirs.value,this.theirs.value=null,this.notice.value="kept"}),this.#l()}async save(){if(!this.canSave.value)return;this.phase.value="checking",this.preview.value={...this.preview.value,state:"asking"},await this.#c(),this.phase.value="";let{state:t}=this.preview.value;if(this.canSave.value&&!this.isClosed&&t==="known"&&Vs(this.preview.value)<=tf){await this.#e();return}this.canSave.value&&(t==="known"||t==="failed")&&(this.question.value={}),this.#o()}async#e(){if(this.canSave.value){this.phase.value="saving",this.#s();try{this.#i((await this.calls.updateWorkflow(this.#f())).workflow),this.notice.value="saved"}catch(t){if(D(t))return;Ma(t)?await this.#n():await this.#t(t)}finally{this.phase.value=""}this.#o()}}async#n(){for(this.phase.value="uncertain";!this.isClosed;)try{let t=await this.#a();t.etag===this.base.value?.etag?this.problem.value=h().workflows.notSaved:this.#r(t,"saved");return}catch(t){if(D(t))return;await new Promise(n=>setTimeout(n,Qc))}}async#t(t){this.question.value=null;try{t instanceof k&&t.reason==="REVISION_CONFLICT"?this.#r(await this.#a(),"updated"):this.#u(t)||(this.problem.value=te(t))}catch(n){D(n)||(this.problem.value=te(n))}}#u(t){if(!(t instanceof k)||t.code!=="invalid_argument")return!1;let n={};for(let{field:o,description:s}of t.violations)o.endsWith("away_after")?n.awayAfter=s:o.endsWith("offline_after")?n.offlineAfter=s:o.endsWith("enabled")&&(n.enabled=s);return this.refused.value=n,!Ws(n)}async#a(){return(await this.calls.getWorkflow({accountId:this.accountId})).workflow}async#o(){if([this.base.value?.etag,this.theirs.value?.etag,""].includes(this.heardEtag)||this.phase.value)return;let n=++this.rereading;try{let o=await this.#a();n===this.rereading&&!this.phase.value&&this.#r(o,"updated")}catch(o){D(o)||te(o)}}#r(t,n){if(t.etag!==this.base.value?.etag){if(!this.isChanged.value||dn(ke(t),this.draft.value)){this.#i(t),this.notice.value=n;return}this.#s(),xe(()=>{this.theirs.value=t,this.question.value=null,this.preview.value={state:"none"}})}}#i(t){t&&(this.#s(),xe(()=>{this.base.value=t,this.draft.value=ke(t),this.theirs.value=null,this.question.value=null,this.problem.value="",this.refused.value={},this.notice.value="",this.preview.value={state:"none"}}))}#s(){clearTimeout(this.timer),this.asking?.abort()}#l(){if(this.#s(),!this.canSave.value){this.preview.value={state:"none"};return}this.preview.value={...this.preview.value,state:"asking"},this.timer=setTimeout(()=>this.#c(),Jc)}async#c(){this.#s();let t=this.asking=new AbortController;try{let{impact:n}=await this.calls.updateWorkflow({...this.#f(),validateOnly:!0},{signal:t.signal});if(t.signal.aborted)return;this.preview.value={state:"known",impact:n},this.timer=setTimeout(()=>this.#c(),Ra)}catch(n){if(t.signal.aborted||be(n)||D(n))return;let o=Ma(n);this.preview.value={state:o?"failed":"none"},o?this.timer=setTimeout(()=>this.#c(),Ra):await this.#t(n)}}#f(){let[t,n]=[this.base.value,this.draft.value];return{workflow:Ft(this.accountId,n,t.etag),updateMask:{paths:Aa}}}};function Vs({state:e,impact:t}){return e==="known"&&t?Number(t.switchingToAway+t.switchingToOffline):0}function Ma(e){return e instanceof k&&ef.includes(e.code)}function Ws(e){return Object.keys(e).length===0}var La=8,Da=15;function No({form:e}){let t=h().workflows,{state:n,impact:o}=e.preview.value,{draft:s,base:r}=e;if(n==="none")return null;let i=r.value?.enabled&&s.value&&!s.value.enabled;return l`<section class="preview" aria-live="polite" aria-busy=${n==="asking"}>
<h3>${t.previewTitle}</h3>
${n!=="known"&&l`<p class="hint">${n==="asking"?t.previewing:t.previewFailed}</p>`}
${o&&n!=="failed"&&l`<${nf} impact=${o} />`}
${i&&l`<p>${t.turnedOff} ${t.resume}: ${t.resumes[s.value?.resume]}.</p>`}
</section>`}function nf({impact:e}){let t=h().workflows,[n,o]=[Number(e.switchingToAway),Number(e.switchingToOffline)],s=n+o-Math.min(La,e.switches.length),r=e.nextHour.map(u=>[Number(u.switchingToAway),Number(u.switchingToOffline)]),[i,a]=[0,1].map(u=>r.reduce((c,f)=>c+f[u],0));return l`<div class="effect">
<p>${n+o===0?t.nobodyNow:t.switching(n,o)}</p>
${e.switches.length>0&&l`<ul class="switches">
${e.switches.slice(0,La).map(u=>l`<li key=${u.userId}><${W}>${u.userId}<//> <${J} status=${u.status} /></li>`)}
${s>0&&l`<li class="hint">${h().common.more(s)}</li>`}
</ul>`}
<p class="hint">${t.withinHour(i,a)}</p>
${i+a>0&&l`<ul class="quarters hint">
${r.map(([u,c],f)=>l`<li key=${f}>
${f*Da}–${(f+1)*Da} ${h().units.min}: <strong>${_t(u+c)}</strong>
</li>`)}
</ul>`}
</div>`}var Hs=["enabled","awayAfter","offlineAfter","resume","keepManualAway"];function mn(e,t){let n=h().workflows;switch(t){case"enabled":return e?.enabled?n.on:n.off;case"awayAfter":case"offlineAfter":{let o=Dt(M(e?.[t]));return o?`${o.text} ${h().units[o.unit]}`:n.never}case"resume":return n.resumes[e?.resume||1];default:return e?.keepManualAway?n.yes:n.no}}function Ao({before:e,after:t}){let n=h().workflows;return l`<ul class="lines">
${Hs.map(o=>{let[s,r]=[mn(e,o),mn(t,o)];return s===r?null:l`<li key=${o}>${n.fields[o]}: ${s} → ${r}</li>`})}
</ul>`}function Fa({form:e}){let t=h().workflows,n=e.question.value,o=e.draft.value;if(!n||!o)return null;let{restoring:s,before:r}=n,i=Vs(e.preview.value),a=M(s?.updateTime),u=s?a===void 0?t.restoreFirst:t.restoreTitle(U(a)):i?t.confirmTitle(i):t.blindTitle;return l`<${Ba}
title=${u}
yes=${i?t.confirm(i):s?t.restore:t.save}
isReady=${e.canSave.value&&e.preview.value.state!=="asking"}
onAnswer=${c=>e.answer(c)}
>
${s&&l`<${Ao} before=${e.base.value} after=${s} />`}
${r&&l`<p>${t.editsLost}</p>`}
<${No} form=${e} />
${i>0&&l`<p>${t.resume}: ${t.resumes[o.resume]}.</p>`}
<//>`}function Ua(){let e=h().workflows;return tn.value?l`<${Ba} title=${e.leaveTitle} yes=${e.leave} no=${e.stay} isReady onAnswer=${ui}>
<p>${e.leaveText}</p>
<//>`:null}function Ba({title:e,yes:t,no:n=h().common.cancel,isReady:o,onAnswer:s,children:r}){return l`<${ro} title=${e} onClose=${()=>s(!1)} alert>
${r}
<div class="dialog-actions">
<button type="button" onClick=${()=>s(!1)} autofocus>${n}</button>
<button type="button" class="primary" disabled=${!o} onClick=${()=>s(!0)}>${t}</button>
</div>
<//>`}var of=20;function Pa({form:e}){let t=h().workflows,n=w(null),o=w(""),s=w(""),r=H(null),i=e.base.value?.etag,a=async c=>{r.current?.abort();let{signal:f}=r.current=new AbortController;s.value="";try{let p=await G.listWorkflowChanges({accountId:e.accountId,pageSize:of,pageToken:c},{signal:f});n.value=c?[...n.value??[],...p.changes]:p.changes,o.value=p.nextPageToken}catch(p){!be(p)&&!D(p)&&(s.value=te(p))}};I(()=>(a(""),()=>r.current?.abort()),[e,i]);let u=o.value?void 0:n.value?.at(-1)?.previousWorkflow;return l`<section class="card" aria-labelledby="settings-history">
<h2 id="settings-history">${t.history}</h2>
${!n.value&&!s.value&&l`<${ce} />`}
${n.value?.length===0&&l`<p class="hint">${t.historyEmpty}</p>`}
${n.value!==null&&n.value.length>0&&l`<table class="plain stacked settings-history">
<thead>
<tr>
<th scope="col">${t.when}</th>
<th scope="col">${t.who}</th>
<th scope="col">${t.what}</th>
<td></td>
</tr>
</thead>
<tbody>
${n.value.map(c=>l`<${sf} key=${String(c.revision)} change=${c} form=${e} />`)}
${u&&l`<tr>
<td colspan="3" class="hint">${t.beforeAll}</td>
<td class="end"><${Wa} form=${e} workflow=${u} /></td>
</tr>`}
</tbody>
</table>`}
${s.value&&l`<${C}
kind="error"
actions=${l`<button type="button" onClick=${()=>a("")}>${h().common.retry}</button>`}
>${s.value}<//
>`}
${o.value&&l`<button type="button" class="quiet" onClick=${()=>a(o.value)}>${t.moreHistory}</button>`}
</section>`}function sf({change:e,form:t}){let n=h().workflows,{workflow:o,previousWorkflow:s}=e;return l`<tr>
<td><${ot} ms=${M(o?.updateTime)} /></td>
<td>
${o?.updatedBy?l`<${W}>${o.updatedBy}<//>`:n.unknownWho}
${o?.updateCaller&&l`<br /><span class="hint">(<${W}>${o.updateCaller}<//>)</span>`}
</td>
<td>
${s?l`<${Ao} before=${s} after=${o} />`:n.unknownWho}
</td>
<td class="end"><${Wa} form=${t} workflow=${o} /></td>
</tr>`}function Wa({form:e,workflow:t}){let n=h().workflows,o=e.base.value;if(!t||!o)return null;if(t.etag&&t.etag===o.etag)return l`<span class="hint">${n.inForce}</span>`;if(!F("workflow.write")||dn(ke(t),ke(o)))return null;let s=M(t.updateTime),r=s===void 0?n.restoreFirst:n.restoreTitle(U(s));return l`<button
type="button"
class="quiet"
title=${r}
disabled=${e.phase.value!==""||e.theirs.value!==null}
onClick=${()=>e.restore(t)}
>
${n.restore}<span class="visually-hidden"> (${r})</span>
</button>`}var hn=null;function Va(){let e=N.value,t=qe(()=>new Eo(e),[e]);I(()=>{let r=L.peek()?.name;t.load(hn?.accountId===e&&hn.who===r?hn:null),hn=null;let i=[Z(()=>{let a=st.value;a&&a.accountId===e&&Te(()=>t.heard(a))}),Z(()=>{je.value=t.isChanged.value||t.phase.value!==""})];return()=>{let[a,u]=[t.base.peek(),t.draft.peek()];hn=je.peek()&&a&&u?{accountId:e,who:r,base:a,draft:u}:null,je.value=!1;for(let c of i)c();t.close()}},[t]);let{nav:n,workflows:o,common:s}=h();return l`<p class="crumbs">${n.settings} <span aria-hidden="true">/</span> ${n.care}</p>
<h1>${o.title}</h1>
<${rt} />
${t.draft.value?l`<${rf} form=${t} draft=${t.draft.value} />
<${Pa} form=${t} />
<${Fa} form=${t} />
<${Ua} />`:t.problem.value?l`<${C}
kind="error"
actions=${l`<button type="button" onClick=${()=>t.load()}>${s.retry}</button>`}
>${t.problem.value}<//
>`:l`<${ce} />`}`}function rf({form:e,draft:t}){let n=h().workflows,o=F("workflow.write");return l`<form class="card" onSubmit=${r=>{r.preventDefault(),e.save()}} novalidate aria-busy=${e.phase.value!==""}>
<div class="switch-row">
<div>
<h2 id="switch-name">${n.heading}</h2>
<p class="hint" id="switch-hint">${n.description}</p>
</div>
<button
type="button"
role="switch"
class="switch"
aria-checked=${t.enabled?"true":"false"}
aria-labelledby="switch-name"
aria-describedby="switch-hint"
disabled=${!o}
onClick=${()=>e.toggle()}
>
<span class="knob"></span>
</button>
</div>
${t.enabled&&l`<${ko}
draft=${t}
faults=${e.faults.value}
refused=${e.refused.value}
onChange=${r=>e.edit(r)}
disabled=${!o}
/>`}
<${af} form=${e} draft=${t} disabled=${!o} />
<${uf} form=${e} draft=${t} />
<${No} form=${e} />
${e.problem.value&&l`<${C} kind="error">${e.problem.value}<//>`}
${e.phase.value==="uncertain"&&l`<${C} kind="warn">${n.uncertain}<//>`}
${o?l`<${lf} form=${e} />`:l`<${C}>${n.readOnly}<//>`}
</form>`}function af({form:e,draft:t,disabled:n}){let o=h().workflows,s=e.base.value;return l`<details class="advanced" open=${(s?.resume??1)>1||s?.keepManualAway}>
<summary>${o.advanced}</summary>
<fieldset disabled=${n}>
<legend>${o.resume}</legend>
${[1,3,2].map(r=>l`<label class="choice" key=${r}>
<input type="radio" name="resume" checked=${t.resume===r} onChange=${()=>e.edit({resume:r})} />
${o.resumes[r]}
</label>`)}
<p class="hint">${o.resumeHint}</p>
</fieldset>
<label class="choice">
<input
type="checkbox"
checked=${t.keepManualAway}
disabled=${n}
onChange=${()=>e.edit({keepManualAway:!t.keepManualAway})}
/>
${o.keep}
</label>
<p class="hint indented">${o.keepHint}</p>
</details>`}function uf({form:e,draft:t}){let n=h().workflows,o=e.theirs.value;if(!o)return null;let s=e.isValid.value?Ft("",t,""):null;return l`<${C} kind="warn">
<p>${n.conflict(ln(o.updatedBy),U(M(o.updateTime)??Date.now()))}</p>
<table class="plain">
<thead>
<tr>
<td></td>
<th scope="col">${n.theirs}</th>
<th scope="col">${n.mine}</th>
</tr>
</thead>
<tbody>
${Hs.map(r=>{let[i,a]=[mn(o,r),s?mn(s,r):"?"];return i===a?null:l`<tr key=${r}>
<th scope="row">${n.fields[r]}</th>
<td>${i}</td>
<td>${a}</td>
</tr>`})}
</tbody>
</table>
<div class="notice-actions">
<button type="button" onClick=${()=>e.discard()}>${n.takeTheirs}</button>
<button type="button" onClick=${()=>e.keepMine()}>${n.keepMine}</button>
</div>
<//>`}function lf({form:e}){let t=h().workflows,n=e.base.value,o=ln(n?.updatedBy??""),s=M(n?.updateTime),r={checking:()=>t.previewing,saving:()=>t.saving,uncertain:()=>"",saved:()=>t.saved,kept:()=>t.kept(o),updated:()=>t.updated(o),"":()=>s===void 0?"":t.lastChange(U(s),o)};return l`<div class="form-footer">
<p class="hint ${e.notice.value}" role="status">${r[e.phase.value||e.notice.value]()}</p>
${e.isChanged.value&&!e.phase.value&&!e.theirs.value&&l`<button type="button" onClick=${()=>e.discard()}>${t.discard}</button>`}
<button type="submit" class="primary" disabled=${!e.canSave.value}>${t.save}</button>
</div>`}var Io=[{page:"board",icon:"board",isOpen:()=>oo.value||Qe.value!==""},{page:"history",icon:"history",isOpen:()=>F("status.read")},{page:"what-if",icon:"whatIf",isOpen:()=>F("workflow.read")},{page:"workflows",icon:"settings",isOpen:()=>F("workflow.read")}],Ga=e=>e==="person"?"board":e;function qa(){switch(I(()=>{document.documentElement.lang=le.value},[le.value]),j.value){case"loading":return l`<main class="boot"><img src="icon.svg" alt=${h().common.loading} width="48" height="48" /></main>`;case"leaving":return l`<main class="alone"><${C} kind="warn">${h().signIn.again}<//></main>`;case"unreachable":return l`<${cf} />`;case"signed-out":return l`<${xa} />`;default:return N.value&&Ei.value?l`<${ff} />`:l`<${Di} />`}}function cf(){I(()=>{let n=setInterval(Le,3e3);return()=>clearInterval(n)},[]);let{errors:e,common:t}=h();return l`<main class="alone">
<div class="card narrow" role="alert">
<${nt} />
<h1>${e.unreachable}</h1>
<p class="hint">${e.unreachableHint}</p>
<button type="button" class="wide" onClick=${Le}>${t.retry}</button>
</div>
</main>`}function ff(){let{nav:e}=h(),{page:t,rest:n}=Re.value,o=[N.value,t,...n].join("/"),s=H(o),r={board:Qe.value?e.own:e.board,history:e.history,"what-if":e.whatIf,workflows:e.settings},i=t==="board"&&Qe.value?"person":t,a=t==="board"&&!Io[0].isOpen();return I(()=>{let u=Io.find(({isOpen:c})=>c());a&&u&&Xn(ve(u.page))},[a]),I(()=>{let u=t==="person"?n[0]:r[t];document.title=[u,N.value,"onduty"].filter(Boolean).join(" · ")}),I(()=>{s.current!==o&&Ha(),s.current=o},[o]),l`<div class="frame">
<a class="skip" href="#main" onClick=${Ha}>${e.skip}</a>
<header class="side">
<${nt} />
<nav aria-label=${e.label}>
${Io.filter(({isOpen:u})=>u()).map(u=>l`<a key=${u.page} href=${ve(u.page)} aria-current=${Ga(t)===u.page?"page":null}>
<${ee} name=${u.icon} /><span>${r[u.page]}</span>
</a>`)}
</nav>
<div class="corner"><${Ya} /></div>
</header>
<div class="content">
<section class="bar" aria-label=${e.account}><${Fi} /><${Yi} /><${df} /></section>
<main id="main" tabindex="-1" class=${`page-${i}`} key=${`${N.value}/${t}`}><${pf} /></main>
</div>
</div>`}function Ha(e){e?.preventDefault(),document.getElementById("main")?.focus()}function pf(){let{page:e,rest:t}=Re.value,n=Io.find(o=>o.page===Ga(e));if(!n)return l`<${ue} title=${h().errors.noPage}><a href=${ve("board")}>${h().person.back}</a><//>`;if(!n.isOpen())return l`<${ue} title=${h().errors.denied} />`;if(n.page==="board"&&Qe.value)return l`<${$a} id=${Qe.value} />`;switch(e){case"history":return l`<${ha} />`;case"what-if":return l`<${Ca} />`;case"workflows":return l`<${Va} />`;case"person":return l`<${wa} id=${t[0]??""} key=${t[0]} />`;default:return l`<${ua} />`}}function df(){let e=w(!1),t=H(null),n=H(null);return I(()=>{if(!e.value)return;let s=i=>{t.current?.contains(i.target)||(e.value=!1)},r=["pointerdown","focusin"];for(let i of r)document.addEventListener(i,s);return()=>{for(let i of r)document.removeEventListener(i,s)}},[e.value]),l`<div ref=${t} class="menu" onKeyDown=${s=>{s.key!=="Escape"||!e.value||(e.value=!1,n.current?.focus())}}>
<button
ref=${n}
type="button"
class="icon-button"
aria-label=${h().nav.menu}
aria-expanded=${e.value?"true":"false"}
onClick=${()=>e.value=!e.value}
>
<${ee} name="person" />
</button>
${e.value&&l`<div class="corner card"><${Ya} /><a href="#/">${h().nav.changeAccount}</a></div>`}
</div>`}function Ya(){let{nav:e}=h();return l`${Je.value?l`<p class="who"><${ee} name="person" /><${W}>${L.value?.name??""}<//></p>
<button type="button" class="quiet" onClick=${eo}>${e.signOut}</button>`:L.value&&!L.value.authenticated?l`<label class="own-name">
<span class="hint">${e.you}</span>
<input
value=${Xe.value}
placeholder=${e.noName}
maxlength="128"
autocomplete="name"
onChange=${t=>to(t.currentTarget.value)}
/>
</label>`:l`<p class="who"><${ee} name="person" /><${W}>${L.value?.name??""}<//></p>`}
<${gt} />`}var Ka=document.getElementById("app");await Oi();Ka.replaceChildren();Bo(l`<${qa} />`,Ka);vs.ask=$i;Le();
