var M,nr,Uo,Ce,Do,xn,or,wn,sr,Bo,Fo,fu,qt=Symbol.for("pv"),kn={},En=[],pu=/^m(i|n|o|s|text|space)$/,Po=Array.isArray,Wo=En.slice,Ke=Object.assign;function Ye(e){e&&e.parentNode&&e.remove()}function Nn(e,t,n){var o,s,r,a={},i=arguments.length;for(r in t)r=="key"?o=t[r]:r=="ref"&&typeof e!="function"?s=t[r]:a[r]=t[r];return i>2&&(a.children=i>3?Wo.call(arguments,2):n),Gt(e,a,o,s,null)}function Gt(e,t,n,o,s){var r={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:qt,__v:s||++nr,__i:-1,__u:0};return!s&&M.vnode&&M.vnode(r),r}function Me(e){return e.children}function je(e,t){this.props=e,this.context=t,this.__g=0}function Re(e,t){if(t==null)return e.__&&Re(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:Re(e)}function mu(e){var t,n=e.__v,o=n.__e,s=[],r=[],a=e.__P;a&&((t=Ke({constructor:qt},n)).__v=n.__v+1,M.vnode&&M.vnode(t),Vo(a,t,n,e.__n,a.namespaceURI,32&n.__u?[o]:null,s,o||Re(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,cr(s,t,r),n.__=n.__e=null,t.__e!=o&&rr(t))}function rr(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),rr(e)}function er(e){(8&e.__g||(e.__g|=8,Ce.push(e),xn++))&&Do==M.debounceRendering||((Do=M.debounceRendering)||queueMicrotask)(ar)}function ar(){try{for(var e,t=1;Ce.length;)Ce.length>t&&Ce.sort(or),e=Ce.shift(),t=Ce.length,8&e.__g&&mu(e)}finally{(xn=Ce.length)&&(Do||queueMicrotask)(ar)}}function ir(e,t,n,o,s,r,a,i,u,c,f){var p,h,m,g,_,b,k=o.__k||En,w=t.length;for(u=du(n,t,k,u,w),p=0;p<w;p++)(m=n.__k[p])!=null&&(h=~m.__i&&k[m.__i]||kn,m.__i=p,b=Vo(e,m,h,s,r,a,i,u,c,f),g=m.__e,(h.ref!=m.ref||8&h.__u)&&(h.ref&&Ho(h.ref,null,m,h),m.ref&&f.push(m.ref,m.__c||g,m)),_=_||g,4&m.__u?(u=ur(m,u,e,!h.__v),h.__e&&(h.__e=null)):typeof m.type=="function"&&b!==void 0?u=b:g&&(u=g.nextSibling),m.__u&=-21);return n.__e=_,u}function du(e,t,n,o,s){var r,a,i,u,c,f,p,h,m,g=n.length,_=g,b=0,k=0,w=e.__k=Array(s);for(r=0;r<s;r++)(a=t[r])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=w[r]=Gt(null,a):Po(a)?a=w[r]=Gt(Me,{children:a}):a.constructor===qt&&a.__b?a=w[r]=Gt(a.type,a.props,a.key,a.ref,a.__v):w[r]=a,u=r+b,a.__=e,a.__b=e.__b+1,i=null,~(c=a.__i=hu(a,n,u,_))&&(_--,(i=n[c])&&(i.__u|=2)),i&&i.__v?(a.__u|=16,c==u-1?b--:c==u+1?b++:c!=u&&(c>u?b--:b++,k=1)):(~c||(s>g?b--:s<g&&b++),typeof a.type!="function"&&(a.__u|=4))):w[r]=null;if(k){for(f=[],p=[],r=0;r<s;r++)if((a=w[r])&&16&a.__u){for(b=0,h=f.length;b<h;)f[m=b+h>>1]<a.__i?b=m+1:h=m;f[b]=a.__i,p[r]=b+1}for(b=f.length;r--;)p[r]&&(p[r]==b?b--:w[r].__u|=4)}if(_)for(r=0;r<g;r++)!(i=n[r])||2&i.__u||(i.__e==o&&(o=Re(i)),Go(i,i));return o}function ur(e,t,n,o){var s,r,a,i;if(typeof e.type=="function"){if(e.props.__P)return t;if(s=e.__k)for(r=0;r<s.length;r++)s[r]&&(s[r].__=e,t=ur(s[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=Re(e))&&!t.parentNode&&(t=null),a=e.__e,i=t;i&&i.nodeType==8;)i=i.nextSibling;for(a!=i&&(!o&&n.moveBefore&&a.parentNode?n.moveBefore(a,t):n.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function hu(e,t,n,o){var s,r=e.key,a=e.type,i=t[n],u=i&&!(2&i.__u);if(i===null&&r==null||u&&r==i.key&&a==i.type)return n;if(o>(u?1:0)){for(s=n-1;s>=0;s--)if((i=t[s])&&!(2&i.__u)&&r==i.key&&a==i.type)return s;for(s=n+1;s<t.length;s++)if((i=t[s])&&!(2&i.__u)&&r==i.key&&a==i.type)return s}return-1}function tr(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function $n(e,t,n,o,s){var r,a;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||tr(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||tr(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(a=Fo[t]||(Fo[t]=vu(t)),(e.__a||(e.__a={}))[t]=Bo,r=t!=(t=t.replace(sr,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,a,r):e.removeEventListener(t,a,r));else{if(s=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function vu(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[wn]==null)t[wn]=Bo++;else if(t[wn]<this.__a[e])return;return n(M.event?M.event(t):t)}}}function Vo(e,t,n,o,s,r,a,i,u,c){var f,p,h,m,g,_,b,k,w,$,v,E,T,te,q,ke,pe,Ee,Ne=t.type;if(t.constructor!==qt)return null;128&n.__u&&(u=32&n.__u,f=n.__c.__z)&&(t.__u|=u,p=r=[],f.nodeType==8?i=Sn(f,r):r.push(f),i=r[0]||i),(f=M.__b)&&f(t);e:if(typeof Ne=="function"){h=a.length;try{if(k=t.props,w=(f=Ne.prototype)&&f.render,$=(f=Ne.contextType)&&o[f.__c],v=f?$?$.props.value:f.__:o,(m=n.__c)?(t.__c=m,2&m.__g&&(m.__g|=1)):(w?t.__c=m=new Ne(k,v):(t.__c=m=new je(k,v),m.constructor=Ne,m.render=gu),$&&$.sub(m),m.state||(m.state={}),m.__n=o,m.__g|=8,m.__h=[],m.__k=[]),w&&(m.__s||(m.__s=m.state),Ne.getDerivedStateFromProps&&(m.__s==m.state&&(m.__s=Ke({},m.__s)),Ke(m.__s,Ne.getDerivedStateFromProps(k,m.__s)))),g=m.props,_=m.state,m.__v=t,n.__c){if(k!==g&&w&&!Ne.getDerivedStateFromProps&&m.componentWillReceiveProps&&m.componentWillReceiveProps(k,v),t.__v==n.__v&&!(8&m.__g)||!(4&m.__g)&&m.shouldComponentUpdate&&m.shouldComponentUpdate(k,m.__s,v)===!1){t.__v!=n.__v&&(m.props=k,m.state=m.__s,m.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(me){me&&(me.__=t)}),En.push.apply(m.__h,m.__k),m.__k=[],m.__h.length&&a.push(m),i=Re(n);break e}m.componentWillUpdate&&m.componentWillUpdate(k,m.__s,v),w&&m.componentDidUpdate&&m.__h.push(function(){m.componentDidUpdate(g,_,b)})}else w&&!Ne.getDerivedStateFromProps&&m.componentWillMount&&m.componentWillMount(),w&&m.componentDidMount&&m.__h.push(m.componentDidMount);m.context=v,m.props=k,m.__P=e,m.__g&=-5,E=M.__r,T=w?25:0;do m.__g&=-9,E&&E(t),f=m.render(m.props,m.state=m.__s,m.context);while(8&m.__g&&++T<25);w&&(En.push.apply(m.__h,m.__k),m.__k=[]),m.state=m.__s,m.getChildContext&&(o=Ke({},o,m.getChildContext())),w&&n.__c&&m.getSnapshotBeforeUpdate&&(b=m.getSnapshotBeforeUpdate(g,_)),te=f&&f.type===Me&&f.key==null?f.props.children:f,k.__P&&(f=i,s=(e=k.__P).namespaceURI,u=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(me){me&&Go(me,me)}),n.__k=null),i=n.__k?Re(n,0):null),i=ir(e,Po(te)?te:[te],t,n,o,s,r,a,i,u,c),k.__P&&(t.__e=null,i=f),t.__u&=-161,p&&p.some(Ye),m.__h.length&&a.push(m),1&m.__g&&(m.__g&=-4)}catch(me){if(a.length=h,t.__v=null,u||r)if(me&&me.then){if(t.__u|=128|u,r){for(~(pe=r.indexOf(i||void 0))||(pe=r.length);(Ee=r[pe-1])&&Ee.nodeType==8;)pe--;for(;pe<r.length;pe++)if(Ee=r[pe])if(r[pe]=null,q){if(Ee==ke)break}else{if(Ee.nodeType!=8)break;Ee.data.startsWith("$s")&&(ke=Sn(q=Ee))}}if(!q){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;q=i}(f=Sn(q=t.__c.__z||(t.__c.__z=q)))?(t.__e=q,i=f):t.__e=i,i=i&&i.nextSibling}else r&&r.some(Ye);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),me&&me.then||lr(t),M.__e(me,t,n)}}else i=t.__e=yu(n.__e,t,n,o,s,r,a,u,c,e);return(f=M.diffed)&&f(t),i}function Sn(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function lr(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(lr))}function cr(e,t,n){for(var o=0;o<n.length;)Ho(n[o++],n[o++],n[o++]);M.__c&&M.__c(t,e),e.some(function(s){try{e=s.__h,s.__h=[],e.some(function(r){r.call(s)})}catch(r){M.__e(r,s.__v)}})}function yu(e,t,n,o,s,r,a,i,u,c){var f,p,h,m,g,_,b,k,w=n.props||kn,$=t.props,v=t.type;if(v=="svg"?s="http://www.w3.org/2000/svg":v=="math"?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r){for(f=0;f<r.length;f++)if((g=r[f])&&(v?g.localName==v:g.nodeType==3)){e=g,r[f]=null;break}}if(!e){if(k=c.ownerDocument||document,!v)return k.createTextNode($);e=k.createElementNS(s,v,$.is?$:c),i&&(M.__m&&M.__m(t,r),i=!1),r=null}if(v){if(c=v=="template"&&e.content||e,r=v=="textarea"&&$.defaultValue!=null?null:r&&Wo.call(c.childNodes),!i&&r)for(w={},f=0;f<e.attributes.length;f++)w[(g=e.attributes[f]).name]=g.value;for(f in w)g=w[f],f=="dangerouslySetInnerHTML"?h=g:f=="children"||f in $||f=="value"&&"defaultValue"in $||f=="checked"&&"defaultChecked"in $||$n(e,f,null,g,s);for(f in $)g=$[f],f=="children"?m=g:f=="dangerouslySetInnerHTML"?p=g:f=="value"?_=g:f=="checked"?b=g:i&&typeof g!="function"||w[f]===g||$n(e,f,g,w[f],s);p?(i||h&&(p.__html==h.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(h&&(e.textContent=""),(v=="foreignObject"||s=="http://www.w3.org/1998/Math/MathML"&&pu.test(v))&&(s="http://www.w3.org/1999/xhtml"),ir(c,Po(m)?m:[m],t,n,o,s,r,a,r?r[0]:n.__k&&Re(n,0),i,u),r&&r.some(Ye)),i&&v!="textarea"||(f="value",v=="progress"&&_==null?e.removeAttribute(f):_==null||_===e[f]&&(v!="progress"||_)||$n(e,f,_,w[f],s),f="checked",b!=null&&b!=e[f]&&$n(e,f,b,w[f],s))}else w===$||i&&e.data==$||(e.data=$);return e}function Ho(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(s){M.__e(s,n)}}function Go(e,t,n){var o,s,r,a;if(M.unmount&&M.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||Ho(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(i){M.__e(i,t)}o.__P=o.__n=null}if(o=e.__k)for(a=0;a<o.length;a++)o[a]&&Go(o[a],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(s=Sn(o,r=[]))&&(o==e.__e&&r.some(Ye),Ye(s),Ye(o)),n||Ye(e.__e),e.__e=e.__c=e.__=null}function gu(e,t,n){return this.constructor(e,n)}function qo(e,t){var n,o,s,r;M.__&&M.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Gt(Me,{children:[e]}),s=[],r=[],Vo(t,t.__k,o||kn,kn,t.namespaceURI,o?null:t.firstChild?Wo.call(t.childNodes):null,s,o?o.__e:t.firstChild,n,r),cr(s,t.__k,r),t.__k.props.children=null}M={__e:function(e,t,n,o){for(var s,r,a;t=t.__;)if((s=t.__c)&&!(1&s.__g)){s.__g|=4;try{if((a=(r=s.constructor)&&r.getDerivedStateFromError)&&s.setState(r.getDerivedStateFromError(e)),s.componentDidCatch&&(s.componentDidCatch(e,o||{}),a=1),a&&8&s.__g)return void(s.__g|=2)}catch(i){e=i}}throw xn=0,e}},nr=0,Uo=function(e){return e!=null&&e.constructor===qt},je.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=Ke({},this.state)),typeof e=="function"&&(e=e(Ke({},n),this.props)),e&&(Ke(n,e),this.__v&&(t&&this.__k.push(t),er(this)))},je.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),er(this))},je.prototype.render=Me,Ce=[],xn=0,or=function(e,t){return e.__v.__b-t.__v.__b},wn=Symbol(),sr=/(PointerCapture)$|Capture$/i,Bo=0,Fo={},fu=0;var pr=function(e,t,n,o){var s;t[0]=0;for(var r=1;r<t.length;r++){var a=t[r++],i=t[r]?(t[0]|=a?1:2,n[t[r++]]):t[++r];a===3?o[0]=i:a===4?o[1]=Object.assign(o[1]||{},i):a===5?(o[1]=o[1]||{})[t[++r]]=i:a===6?o[1][t[++r]]+=i+"":a?(s=e.apply(i,pr(e,i,n,["",null])),o.push(s),i[0]?t[0]|=2:(t[r-2]=0,t[r]=s)):o.push(i)}return o},fr=new Map;function mr(e){var t=fr.get(this);return t||(t=new Map,fr.set(this,t)),(t=pr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,s,r=1,a="",i="",u=[0],c=function(h){r===1&&(h||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?u.push(0,h,a):r===3&&(h||a)?(u.push(3,h,a),r=2):r===2&&a==="..."&&h?u.push(4,h,0):r===2&&a&&!h?u.push(5,0,!0,a):r>=5&&((a||!h&&r===5)&&(u.push(r,0,a,s),r=6),h&&(u.push(r,h,0,s),r=6)),a=""},f=0;f<n.length;f++){f&&(r===1&&c(),c(f));for(var p=0;p<n[f].length;p++)o=n[f][p],r===1?o==="<"?(c(),u=[u],r=3):a+=o:r===4?a==="--"&&o===">"?(r=1,a=""):a=o+a[0]:i?o===i?i="":a+=o:o==='"'||o==="'"?i=o:o===">"?(c(),r=1):r&&(o==="="?(r=5,s=a,a=""):o==="/"&&(r<5||n[f][p+1]===">")?(c(),r===3&&(u=u[0]),r=u,(u=u[0]).push(2,0,r),r=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),r=2):a+=o),r===3&&a==="!--"&&(r=4,u=u[0])}return c(),u})(e)),t),arguments,[])).length>1?t:t[0]}var Xe,X,Yo,dr,Ko=Object.is,An=0,Sr=[],jo=[],j=M,hr=j.__b,vr=j.__r,yr=j.diffed,gr=j.__c,_r=j.unmount,br=j.__;function Kt(e,t){j.__h&&j.__h(X,e,An||t),An=0;var n=X.__H||(X.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function zo(e){return An=1,_u(xr,e)}function _u(e,t,n){var o=Kt(Xe++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):xr(void 0,t),function(r){var a=(o.__N||o.__)[0],i=o.t(a,r);Ko(a,i)||(o.__N=[i,o.__[1]],o.__c.setState({}))}],o.__c=X,!X.__f)){X.__f=!0;var s=X.shouldComponentUpdate;X.shouldComponentUpdate=function(r,a,i){var u=this.__H;if(!u)return!0;var c=!1,f=this.props!=r;if(u.__.some(function(h){h.__N&&(c=!0,Ko(h.__[0],h.__N[0])||(f=!0))}),s){var p=s.call(this,r,a,i);return c?p||f:p}return!c||f}}return o.__}function O(e,t){var n=Kt(Xe++,3);!j.__s&&Zo(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,X.__H.__h.push(n))}function In(e,t){var n=Kt(Xe++,4);!j.__s&&Zo(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,X.__h.push(n))}function K(e){return An=5,ze(function(){return{current:e}},[])}function ze(e,t){var n=Kt(Xe++,7);return Zo(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function jt(){var e=Kt(Xe++,11);if(!e.__){for(var t=X.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function bu(){var e;do{for(;e=jo.shift();)try{Yt(e)}catch(n){j.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Sr.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Yt),t.__h.some(Xo),t.__h=[]}catch(n){t.__h=[],j.__e(n,e.__v)}}}while(jo.length)}j.__b=function(e){X=null,hr&&hr(e)},j.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),br&&br(e,t)},j.__r=function(e){vr&&vr(e),Xe=0;var t=(X=e.__c).__H;t&&(Yo==X?X.__h=[]:(t.__h.some(Yt),t.__h.some(Xo),Xe=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Yo=X},j.diffed=function(e){yr&&yr(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&wr(Sr.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Yo=X=null},j.__c=function(e,t){t.some(function(n){try{n.__h.some(Yt),n.__h=n.__h.filter(function(o){return!o.__||Xo(o)})}catch(o){n.__h=[function(){throw o}]}}),gr&&gr(e,t)},j.unmount=function(e){_r&&_r(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(s){try{if(s.__P&&s.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}s.__P=n,wr(jo.push(s))}else Yt(s)}catch(r){t=r}}),o.__H=void 0,t&&j.__e(t,o.__v))};var $r=typeof requestAnimationFrame=="function";function $u(e){var t,n=function(){clearTimeout(o),$r&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);$r&&(t=requestAnimationFrame(n))}function wr(e){e!=1&&dr==j.requestAnimationFrame||((dr=j.requestAnimationFrame)||$u)(bu)}function Yt(e){var t=X,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),X=t}function Xo(e){var t=X;e.__c=e.__(),X=t}function Zo(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Ko(n,e[o])})}function xr(e,t){return typeof t=="function"?t(e):t}var wu=Symbol.for("preact-signals");function Rn(){if(Ae>1)Ae--;else{var e,t=!1;for((function(){var s=On;for(On=void 0;s!==void 0;){var r=s.S;if(r.v===s.v)for(var a=r.t;a!==void 0;a=a.x)a.i===s.i&&(a.i=r.i);s=s.o}})();zt!==void 0;){var n=zt;for(zt=void 0,Tn++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Er(n))try{n.c()}catch(s){t||(e=s,t=!0)}n=o}}if(Tn=0,Ae--,t)throw e}}function Ie(e){if(Ae>0)return e();Jo=++Su,Ae++;try{return e()}finally{Rn()}}var Xt,W=void 0;function Le(e){var t=W,n=Xt;W=void 0,Xt=void 0;try{return e()}finally{W=t,Xt=n}}var zt=void 0,Ae=0,Tn=0,Su=0,Jo=0,On=void 0,Cn=0;function kr(e){if(W!==void 0){var t=e.n;if(t===void 0||t.t!==W)return t={i:0,S:e,p:W.s,n:void 0,t:W,e:void 0,x:void 0,r:t},W.s!==void 0&&(W.s.n=t),W.s=t,e.n=t,32&W.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=W.s,t.n=void 0,W.s.n=t,W.s=t),t}}function Z(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}Z.prototype.brand=wu;Z.prototype.h=function(){return!0};Z.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Le(function(){var o;(o=t.W)==null||o.call(t)}))};Z.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Le(function(){var s;(s=t.Z)==null||s.call(t)}))}};Z.prototype.subscribe=function(e){var t=this;return J(function(){var n=t.value;Le(function(){return e(n)})},{name:"sub"})};Z.prototype.valueOf=function(){return this.value};Z.prototype.toString=function(){return this.value+""};Z.prototype.toJSON=function(){return this.value};Z.prototype.peek=function(){var e=this;return Le(function(){return e.value})};Object.defineProperty(Z.prototype,"value",{get:function(){var e=kr(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Tn>100)throw new Error("Cycle detected");(function(n){Ae!==0&&Tn===0&&n.l!==Jo&&(n.l=Jo,On={S:n,v:n.v,i:n.i,o:On})})(this),this.v=e,this.i++,Cn++,Ae++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Rn()}}}});function x(e,t){return new Z(e,t)}function Er(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Nr(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function Ar(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function Ze(e,t){Z.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Cn-1,this.f=4}Ze.prototype=new Z;Ze.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Cn))return!0;if(this.g=Cn,this.f|=1,this.i>0&&!Er(this))return this.f&=-2,!0;var e=W;try{Nr(this),W=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return W=e,Ar(this),this.f&=-2,!0};Ze.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}Z.prototype.S.call(this,e)};Ze.prototype.U=function(e){if(this.t!==void 0&&(Z.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};Ze.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(Ze.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=kr(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function L(e,t){return new Ze(e,t)}function Ir(e){var t=e.j;if(e.j=void 0,typeof t=="function"){Ae++;var n=W;W=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,Qo(e),o}finally{W=n,Rn()}}}function Qo(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,Ir(e)}function xu(e){if(W!==this)throw new Error("Out-of-order effect");Ar(this),W=e,this.f&=-2;try{8&this.f&&Qo(this)}finally{Rn()}}function gt(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Xt&&Xt.push(this)}gt.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};gt.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Ir(this),Nr(this),Ae++;var e=W;return W=this,xu.bind(this,e)};gt.prototype.N=function(){2&this.f||(this.f|=2,this.u=zt,zt=this)};gt.prototype.d=function(){this.f|=8,1&this.f||Qo(this)};gt.prototype.dispose=function(){this.d()};function J(e,t){var n=new gt(e,t);try{n.c()}catch(s){throw n.d(),s}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var Tr,Ln,Mn,ku=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var Or=[];J(function(){Tr=this.N})();function _t(e,t){M[e]=t.bind(null,M[e]||function(){})}function Zt(e){if(Mn){var t=Mn;Mn=void 0,t()}Mn=e&&e.S()}function Cr(e){var t=this,n=e.data,o=S(n);o.name="ReactiveDom",o.value=n;var s=ze(function(){for(var i=t,u=t.__v;u=u.__;)if(u.__c){u.__c.__$f|=4;break}var c=L(function(){var m=o.value.value;return m===0?0:m===!0?"":m||""}),f=L(function(){return!Array.isArray(c.value)&&!Uo(c.value)}),p=J(function(){if(this.N=Rr,f.value){var m=c.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=m)}}),h=t.__$u.d;return t.__$u.d=function(){p(),h.call(this)},[f,c]},[]),r=s[0],a=s[1];return r.value?a.peek():a.value}Cr.displayName="ReactiveTextNode";Object.defineProperties(Z.prototype,{constructor:{configurable:!0,value:Nn(Me,null).constructor},type:{configurable:!0,value:Cr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});_t("__b",function(e,t){if(Zt(),Ln=void 0,typeof t.type=="string"){var n,o=t.props;for(var s in o)if(s!=="children"){var r=o[s];r instanceof Z&&(n||(t.__np=n={}),n[s]=r,o[s]=r.peek())}}e(t)});_t("__r",function(e,t){if(e(t),t.type!==Me){Zt();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(s,r){var a;return J(function(){a=this},{name:r}),a.c=s,a})((function(s){return function(){var r;ku&&((r=this.y)==null||r.call(this)),s.__$f|=1,s.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Ln=o,Zt(n)}});_t("__e",function(e,t,n,o){Zt(),Ln=void 0,e(t,n,o)});_t("diffed",function(e,t){Zt(),Ln=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,s=t.props,r=n.U;if(r)for(var a in r){var i=r[a];i===void 0||o&&a in o||(i.d(),r[a]=void 0)}if(o){r||(r={},n.U=r);for(var u in o){var c=r[u],f=o[u];c===void 0?(c=Eu(n,u,f,s),r[u]=c):c.o(f,s)}}}e(t)});function Eu(e,t,n,o){var s=t in e&&e.ownerSVGElement===void 0,r=x(n);return{o:function(a,i){r.value=a,o=i},d:J(function(){this.N=Rr;var a=r.value.value;o[t]!==a&&(o[t]=a,s?e[t]=a:a!=null&&(a!==!1||t[4]==="-")?e.setAttribute(t,a):e.removeAttribute(t))})}}_t("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var s in o){var r=o[s];r&&r.d()}}}var a=t.__np;if(a){var i=t.props;for(var u in a)i[u]=a[u]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var f=c.__$u;f&&(c.__$u=void 0,f.d())}}e(t)});_t("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});je.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var s in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var r=2&this.__$f;if(!(o||r||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var a in e)if(a!=="__source"&&e[a]!==this.props[a])return!0;for(var i in this.props)if(!(i in e))return!0;return!1};function S(e,t){return ze(function(){return x(e,t)},[])}var Nu=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Au(){Ie(function(){for(var e;e=Or.shift();)Tr.call(e)})}function Rr(){Or.push(this)===1&&(M.requestAnimationFrame||Nu)(Au)}function es(e,t){return e!==null&&typeof e=="object"&&"$typeName"in e&&typeof e.$typeName=="string"?t===void 0?!0:t.typeName===e.$typeName:!1}var y;(function(e){e[e.DOUBLE=1]="DOUBLE",e[e.FLOAT=2]="FLOAT",e[e.INT64=3]="INT64",e[e.UINT64=4]="UINT64",e[e.INT32=5]="INT32",e[e.FIXED64=6]="FIXED64",e[e.FIXED32=7]="FIXED32",e[e.BOOL=8]="BOOL",e[e.STRING=9]="STRING",e[e.BYTES=12]="BYTES",e[e.UINT32=13]="UINT32",e[e.SFIXED32=15]="SFIXED32",e[e.SFIXED64=16]="SFIXED64",e[e.SINT32=17]="SINT32",e[e.SINT64=18]="SINT64"})(y||(y={}));function Lr(){let e=this.buf,t=this.pos,n=0,o=0;for(let r=0;r<28;r+=7){let a=e[t++];if(n|=(a&127)<<r,(a&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}let s=e[t++];if(n|=(s&15)<<28,o=(s&112)>>4,(s&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}for(let r=3;r<=31;r+=7){let a=e[t++];if(o|=(a&127)<<r,(a&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}throw new Error("invalid varint")}var Dn=4294967296;function ts(e){let t=e[0]==="-";t&&(e=e.slice(1));let n=1e6,o=0,s=0;function r(a,i){let u=Number(e.slice(a,i));s*=n,o=o*n+u,o>=Dn&&(s=s+(o/Dn|0),o=o%Dn)}return r(-24,-18),r(-18,-12),r(-12,-6),r(-6),t?Fr(o,s):os(o,s)}function Dr(e,t){let n=os(e,t),o=n.hi&2147483648;o&&(n=Fr(n.lo,n.hi));let s=ns(n.lo,n.hi);return o?"-"+s:s}function ns(e,t){if({lo:e,hi:t}=Iu(e,t),t<=2097151)return String(Dn*t+e);let n=e&16777215,o=(e>>>24|t<<8)&16777215,s=t>>16&65535,r=n+o*6777216+s*6710656,a=o+s*8147497,i=s*2,u=1e7;return r>=u&&(a+=Math.floor(r/u),r%=u),a>=u&&(i+=Math.floor(a/u),a%=u),i.toString()+Mr(a)+Mr(r)}function Iu(e,t){return{lo:e>>>0,hi:t>>>0}}function os(e,t){return{lo:e|0,hi:t|0}}function Fr(e,t){return t=~t,e?e=~e+1:t+=1,os(e,t)}var Mr=e=>{let t=String(e);return"0000000".slice(t.length)+t};function Ur(e,t){if(e>>>0<128){t.push(e);return}if(e>=0){for(;e>127;)t.push(e&127|128),e=e>>>7;t.push(e)}else{for(let n=0;n<9;n++)t.push(e&127|128),e=e>>7;t.push(1)}}function Br(){let e=this.buf[this.pos++];if((e&128)===0)return this.assertBounds(),e;let t=e&127;if(e=this.buf[this.pos++],t|=(e&127)<<7,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<14,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<21,(e&128)===0)return this.assertBounds(),t;e=this.buf[this.pos++],t|=(e&15)<<28;for(let n=5;(e&128)!==0&&n<10;n++)e=this.buf[this.pos++];if((e&128)!==0)throw new Error("invalid varint");return this.assertBounds(),t>>>0}var se=Tu();function Tu(){let e=new DataView(new ArrayBuffer(8));if(typeof BigInt=="function"&&typeof e.getBigInt64=="function"&&typeof e.getBigUint64=="function"&&typeof e.setBigInt64=="function"&&typeof e.setBigUint64=="function"&&(!!globalThis.Deno||!!globalThis.Bun||typeof process!="object"||typeof process.env!="object"||process.env.BUF_BIGINT_DISABLE!=="1")){let n=BigInt("-9223372036854775808"),o=BigInt("9223372036854775807"),s=BigInt("0"),r=BigInt("18446744073709551615");return{zero:BigInt(0),supported:!0,parse(a){let i=typeof a=="bigint"?a:BigInt(a);if(i>o||i<n)throw new Error(`invalid int64: ${a}`);return i},uParse(a){let i=typeof a=="bigint"?a:BigInt(a);if(i>r||i<s)throw new Error(`invalid uint64: ${a}`);return i},enc(a){return e.setBigInt64(0,this.parse(a),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(a){return e.setBigInt64(0,this.uParse(a),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec(a,i){return e.setInt32(0,a,!0),e.setInt32(4,i,!0),e.getBigInt64(0,!0)},uDec(a,i){return e.setInt32(0,a,!0),e.setInt32(4,i,!0),e.getBigUint64(0,!0)}}}return{zero:"0",supported:!1,parse(n){return typeof n!="string"&&(n=n.toString()),Pr(n),n},uParse(n){return typeof n!="string"&&(n=n.toString()),Wr(n),n},enc(n){return typeof n!="string"&&(n=n.toString()),Pr(n),ts(n)},uEnc(n){return typeof n!="string"&&(n=n.toString()),Wr(n),ts(n)},dec(n,o){return Dr(n,o)},uDec(n,o){return ns(n,o)}}}function Pr(e){if(!/^-?[0-9]+$/.test(e))throw new Error("invalid int64: "+e)}function Wr(e){if(!/^[0-9]+$/.test(e))throw new Error("invalid uint64: "+e)}function Jt(e,t){switch(e){case y.STRING:return"";case y.BOOL:return!1;case y.DOUBLE:case y.FLOAT:return 0;case y.INT64:case y.UINT64:case y.SFIXED64:case y.FIXED64:case y.SINT64:return t?"0":se.zero;case y.BYTES:return new Uint8Array(0);default:return 0}}function Je(e,t,n){t==="__proto__"?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function Qt(e){return e!==null&&typeof e=="object"&&!Array.isArray(e)}function Fn(e){let t=e.fields[0];return Cu(e.typeName)&&t!==void 0&&t.fieldKind=="scalar"&&t.name=="value"&&t.number==1}var Ou=new Set(["google.protobuf.DoubleValue","google.protobuf.FloatValue","google.protobuf.Int64Value","google.protobuf.UInt64Value","google.protobuf.Int32Value","google.protobuf.UInt32Value","google.protobuf.BoolValue","google.protobuf.StringValue","google.protobuf.BytesValue"]);function Cu(e){return Ou.has(e)}var Ru=999,Mu=998,Hr=2;function ve(e,t){return es(t,e)?t:Gr(e)(t)}var Vr=new WeakMap;function Gr(e){let t=Vr.get(e);return t===void 0&&(t=Lu(e),Vr.set(e,t)),t}var ss=0,qr=1,Yr=2,Kr=3;function Lu(e){let t=e.typeName,{properties:n,prototype:o}=Du(e);return s=>{let r;o!==void 0?(r=Object.create(o),r.$typeName=t):r={$typeName:t};for(let a=0;a<n.length;a++){let i=n[a],u=i.name,c=s?.[u];switch(i.kind){case ss:c!=null?r[u]=i.convert!==void 0?i.convert(c):c:i.constant!==void 0&&(r[u]=i.constant);break;case qr:r[u]=i.convert!==void 0&&Array.isArray(c)?c.map(i.convert):c??[];break;case Yr:if(i.convert===void 0||!Qt(c))r[u]=c??{};else{let f={},p=Object.keys(c);for(let h=0;h<p.length;h++)Je(f,p[h],i.convert(c[p[h]]));r[u]=f}break;case Kr:{let f=c;if(f?.case!=null){let p=i.convert.get(f.case);if(p!==void 0){r[u]={case:f.case,value:p(f.value)};break}}r[u]={case:void 0};break}}}return r}}function Du(e){var t,n;let o=[],s={},r=Uu(e);for(let a of e.members){let i=a.localName;if(a.kind=="oneof"){o.push({name:i,kind:Kr,constant:void 0,convert:Fu(a)});continue}switch(a.fieldKind){case"message":{o.push({name:i,kind:ss,constant:void 0,convert:Un(a)});break}case"list":{o.push({name:i,kind:qr,constant:void 0,convert:a.listKind=="message"?(t=Un(a))!==null&&t!==void 0?t:(u=>u):a.scalar==y.BYTES?en:void 0});break}case"map":{o.push({name:i,kind:Yr,constant:void 0,convert:a.mapKind=="message"?(n=Un(a))!==null&&n!==void 0?n:(u=>u):a.scalar==y.BYTES?en:void 0});break}default:{let u=Bu(a);o.push({name:i,kind:ss,constant:a.presence==Hr?u:void 0,convert:a.fieldKind=="scalar"&&a.scalar==y.BYTES?en:void 0}),r&&(s[i]=u);break}}}return{properties:o,prototype:r?s:void 0}}function Fu(e){let t=new Map;for(let n of e.fields){let o;n.fieldKind=="message"?o=Un(n):n.fieldKind=="scalar"&&n.scalar==y.BYTES&&(o=en),t.set(n.localName,o??(s=>s))}return t}function Un(e){if(e.fieldKind=="message"&&!e.oneof&&Fn(e.message))return e.message.fields[0].scalar==y.BYTES?en:void 0;if(e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!=="google.protobuf.Value")return;let t=e.message,n;return o=>!Qt(o)||es(o,t)?o:(n??(n=Gr(t)),n(o))}function en(e){return Array.isArray(e)?new Uint8Array(e):e}function Uu(e){switch(e.file.edition){case Ru:return!1;case Mu:return!0;default:return e.fields.some(t=>t.presence!=Hr&&t.fieldKind!="message"&&!t.oneof)}}function Bu(e){let t=e.getDefaultValue();return t!==void 0?e.fieldKind=="scalar"&&e.longAsString?t.toString():t:e.fieldKind=="scalar"?Jt(e.scalar,e.longAsString):e.enum.values[0].number}var Bn=class extends Error{constructor(t,n,o="FieldValueInvalidError"){super(n),this.name=o,this.field=()=>t}};var rs;function Pu(e){var t;rs=Object.assign(Object.assign({},e),{encodeUtf8Into:(t=e.encodeUtf8Into)!==null&&t!==void 0?t:is(e.encodeUtf8.bind(e))})}function as(){if(!rs){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw new Error("encoding API missing: install TextEncoder and TextDecoder on globalThis");let t=new e.TextEncoder,n=new e.TextDecoder("utf-8",{ignoreBOM:!0}),o,s={encodeUtf8(a){return t.encode(a)},decodeUtf8(a,i){return i?(o||(o=new e.TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0})),o.decode(a)):n.decode(a)},checkUtf8(a){try{return encodeURIComponent(a),!0}catch{return!1}}};t.encodeInto&&(s.encodeUtf8Into=t.encodeInto.bind(t));let r=String.prototype.isWellFormed;r&&(s.checkUtf8=a=>r.call(a)),Pu(s)}return rs}function is(e){return(t,n)=>{let o=e(t);return n.set(o),{written:o.byteLength}}}var V;(function(e){e[e.Varint=0]="Varint",e[e.Bit64=1]="Bit64",e[e.LengthDelimited=2]="LengthDelimited",e[e.StartGroup=3]="StartGroup",e[e.EndGroup=4]="EndGroup",e[e.Bit32=5]="Bit32"})(V||(V={}));var Wu=4294967295,Vu=2147483647,Hu=-2147483648,Pn=class{constructor(t){this.stackPos=[],this.encodeUtf8Into=t?is(t):as().encodeUtf8Into,this.buffer=Xr,this.viewCache=qu,this.pos=0}ensureCapacity(t){let n=this.pos+t;if(n>this.buffer.length){let o=this.buffer.length||Gu;for(;o<n;)o*=2;let s=new Uint8Array(o);this.pos>0&&s.set(this.buffer),this.buffer=s}}view(){let t=this.buffer,n=this.viewCache;if(n.byteLength===t.byteLength)return n;let o=new DataView(t.buffer);return this.viewCache=o,o}finish(){let t=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],t}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(tn),this.buffer[this.pos++]=0,this}join(){let t=this.stackPos.pop();if(t===void 0)throw new Error("invalid state, fork stack empty");let n=this.pos-t-tn,o=us(n);return o>tn&&(this.ensureCapacity(o-tn),this.buffer.copyWithin(t+o,t+tn,this.pos)),this.pos=t,this.uint32(n),this.pos+=n,this}tag(t,n){return this.uint32((t<<3|n)>>>0)}raw(t){return this.ensureCapacity(t.length),this.buffer.set(t,this.pos),this.pos+=t.length,this}uint32(t){if(jr(t),this.ensureCapacity(5),t<128)return this.buffer[this.pos++]=t,this;for(;t>127;)this.buffer[this.pos++]=t&127|128,t>>>=7;return this.buffer[this.pos++]=t,this}int32(t){if(ls(t),t>=0)return this.uint32(t);this.ensureCapacity(10);for(let n=0;n<9;n++)this.buffer[this.pos++]=t&127|128,t>>=7;return this.buffer[this.pos++]=1,this}bool(t){return this.ensureCapacity(1),this.buffer[this.pos++]=t?1:0,this}bytes(t){return this.uint32(t.byteLength),this.raw(t)}string(t){typeof t!="string"&&(t=String(t));let n=t.length;if(n<=zr){this.ensureCapacity(n+1);let u=this.buffer,c=this.pos;u[c++]=n;let f=0;for(;f<n;f++){let p=t.charCodeAt(f);if(p>127)break;u[c++]=p}if(f==n)return this.pos=c,this}this.ensureCapacity(n*3+5);let o=us(n),s=this.buffer,r=this.pos,{written:a}=this.encodeUtf8Into(t,s.subarray(r+o)),i=us(a);return i!=o&&s.copyWithin(r+i,r+o,r+o+a),this.uint32(a),this.pos+=a,this}float(t){return Yu(t),this.ensureCapacity(4),this.view().setFloat32(this.pos,t,!0),this.pos+=4,this}double(t){return this.ensureCapacity(8),this.view().setFloat64(this.pos,t,!0),this.pos+=8,this}fixed32(t){return jr(t),this.ensureCapacity(4),this.view().setUint32(this.pos,t,!0),this.pos+=4,this}sfixed32(t){return ls(t),this.ensureCapacity(4),this.view().setInt32(this.pos,t,!0),this.pos+=4,this}sint32(t){return ls(t),this.uint32((t<<1^t>>31)>>>0)}sfixed64(t){let n=se.enc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}fixed64(t){let n=se.uEnc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}int64(t){let n=se.enc(t);return this.writeVarint64(n.lo,n.hi)}sint64(t){let n=se.enc(t),o=n.hi>>31,s=n.lo<<1^o,r=(n.hi<<1|n.lo>>>31)^o;return this.writeVarint64(s,r)}uint64(t){let n=se.uEnc(t);return this.writeVarint64(n.lo,n.hi)}writeVarint64(t,n){this.ensureCapacity(10);let o=this.buffer,s=this.pos;for(let i=0;i<28;i=i+7){let u=t>>>i,c=!(!(u>>>7)&&n==0);if(o[s++]=(c?u|128:u)&255,!c)return this.pos=s,this}let r=t>>>28&15|(n&7)<<4,a=n>>3!=0;if(o[s++]=(a?r|128:r)&255,!a)return this.pos=s,this;for(let i=3;i<31;i=i+7){let u=n>>>i,c=!!(u>>>7);if(o[s++]=(c?u|128:u)&255,!c)return this.pos=s,this}return o[s++]=n>>>31&1,this.pos=s,this}},Gu=128,tn=1,Xr=new Uint8Array(0),qu=new DataView(Xr.buffer),zr=32;function us(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var Wn=class{constructor(t,n=as().decodeUtf8){this.decodeUtf8=n,this.varint64Lo=0,this.varint64Hi=0,this.varint64=Lr,this.uint32=Br,this.buf=t,this.len=t.length,this.pos=0,this.view=new DataView(t.buffer,t.byteOffset,t.byteLength)}tag(){let t=this.pos,n=this.uint32(),o=this.pos-t;if(o>5||o==5&&this.buf[this.pos-1]>15)throw new Error("illegal tag: varint overflows uint32");let s=n>>>3,r=n&7;if(s<=0||r>5)throw new Error("illegal tag: field no "+s+" wire type "+r);return[s,r]}skip(t,n,o=100){let s=this.pos;switch(t){case V.Varint:for(;this.buf[this.pos++]&128;);break;case V.Bit64:this.pos+=4;case V.Bit32:this.pos+=4;break;case V.LengthDelimited:let r=this.uint32();this.pos+=r;break;case V.StartGroup:if(o<=0)throw new Error("maximum recursion depth reached");for(;;){let[a,i]=this.tag();if(i===V.EndGroup){if(n!==void 0&&a!==n)throw new Error("invalid end group tag");break}this.skip(i,a,o-1)}break;default:throw new Error("cant skip wire type "+t)}return this.assertBounds(),this.buf.subarray(s,this.pos)}assertBounds(){if(this.pos>this.len)throw new RangeError("premature EOF")}int32(){return this.uint32()|0}sint32(){let t=this.uint32();return t>>>1^-(t&1)}int64(){return this.varint64(),se.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),se.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let t=this.varint64Lo,n=this.varint64Hi,o=-(t&1);return t=(t>>>1|(n&1)<<31)^o,n=n>>>1^o,se.dec(t,n)}bool(){let t=this.buf[this.pos];return t<128?(this.pos++,t!==0):(this.varint64(),this.varint64Lo!==0||this.varint64Hi!==0)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return se.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return se.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let t=this.uint32(),n=this.pos;return this.pos+=t,this.assertBounds(),this.buf.subarray(n,n+t)}string(t){let n=this.uint32(),o=this.pos;this.pos+=n,this.assertBounds();let s=this.buf;if(n<=zr){let r=new Array(n);for(let a=0;a<n;a++){let i=s[o+a];if(i>127)return this.decodeUtf8(s.subarray(o,this.pos),t);r[a]=i}return String.fromCharCode.apply(String,r)}return this.decodeUtf8(s.subarray(o,this.pos),t)}};function ls(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid int32: "+typeof e);if(!Number.isInteger(e)||e>Vu||e<Hu)throw new Error("invalid int32: "+e)}function jr(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid uint32: "+typeof e);if(!Number.isInteger(e)||e>Wu||e<0)throw new Error("invalid uint32: "+e)}function Yu(e){if(typeof e=="string"){let t=e;if(e=Number(e),Number.isNaN(e)&&t!=="NaN")throw new Error("invalid float32: "+t)}else if(typeof e!="number")throw new Error("invalid float32: "+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw new Error("invalid float32: "+e)}var Ku=0;function De(e){if(ju(e))return{toMessage:n=>Zr(n),toLocal:n=>Jr(n)};if(e.fieldKind=="message"&&!e.oneof&&Fn(e.message)){let n=e.message,o=n.fields[0].localName;return{toMessage:s=>{let r=ve(n);return s!==void 0&&(r[o]=s),r},toLocal:s=>s[o]}}let t=e.message;return{toMessage:n=>n===void 0?ve(t):n,toLocal:n=>n}}function ju(e){return e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!="google.protobuf.Value"}function Zr(e){let t={$typeName:"google.protobuf.Struct",fields:{}};if(Qt(e))for(let n of Object.keys(e))Je(t.fields,n,ea(e[n]));return t}function Jr(e){let t={};for(let n of Object.keys(e.fields))Je(t,n,Qr(e.fields[n]));return t}function Qr(e){switch(e.kind.case){case"structValue":return Jr(e.kind.value);case"listValue":return e.kind.value.values.map(Qr);case"nullValue":case void 0:return null;default:return e.kind.value}}function ea(e){let t={$typeName:"google.protobuf.Value",kind:{case:void 0}};switch(typeof e){case"number":t.kind={case:"numberValue",value:e};break;case"string":t.kind={case:"stringValue",value:e};break;case"boolean":t.kind={case:"boolValue",value:e};break;case"object":if(e===null)t.kind={case:"nullValue",value:Ku};else if(Array.isArray(e)){let n={$typeName:"google.protobuf.ListValue",values:[]};if(Array.isArray(e))for(let o of e)n.values.push(ea(o));t.kind={case:"listValue",value:n}}else t.kind={case:"structValue",value:Zr(e)};break}return t}function*Vn(e){switch(e.kind){case"file":for(let t of e.messages)yield t,yield*Vn(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case"message":for(let t of e.nestedMessages)yield t,yield*Vn(t);yield*e.nestedEnums,yield*e.nestedExtensions;break}}function nn(e,t,...n){return n.reduce((o,s)=>o.nestedMessages[s],e.messages[t])}function on(e,t,...n){if(n.length==0)return e.enums[t];let o=n.pop();return n.reduce((s,r)=>s.nestedMessages[r],e.messages[t]).nestedEnums[o]}function sn(e){let t={};for(let n of e.values)t[n.localName]=n.number,t[n.number]=n.localName;return t}function Xu(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}function Gn(e,t,n){let o=ve(e);return cs(e).read(o,new Wn(t),Xu(n),t.byteLength),o}var ta=new WeakMap;function cs(e){let t=ta.get(e);return t===void 0&&(t=zu(e)),t}function zu(e){let t=String(e),n=new Map,o={read:Zu(t,n),readGroup:Ju(t,n)};ta.set(e,o);for(let s of e.fields)n.set(s.number,Qu(s));return o}function Zu(e,t){return(n,o,s,r)=>{var a;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let i=o.pos+r,u=(a=n.$unknown)!==null&&a!==void 0?a:[];for(;o.pos<i;){let[c,f]=o.tag(),p=t.get(c);if(p===void 0){let h=o.skip(f,c,s.recursionLimit-s.depth);s.readUnknownFields&&u.push({no:c,wireType:f,data:h});continue}p(n,o,s,f)}u.length>0&&(n.$unknown=u),s.depth--}}function Ju(e,t){return(n,o,s,r)=>{var a;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let i,u,c=(a=n.$unknown)!==null&&a!==void 0?a:[];for(;o.pos<o.len&&([i,u]=o.tag(),u!=V.EndGroup);){let f=t.get(i);if(f===void 0){let p=o.skip(u,i,s.recursionLimit-s.depth);s.readUnknownFields&&c.push({no:i,wireType:u,data:p});continue}f(n,o,s,u)}if(u!=V.EndGroup||i!==r)throw new Error("invalid end group tag");c.length>0&&(n.$unknown=c),s.depth--}}function Qu(e){switch(e.fieldKind){case"scalar":return el(e);case"enum":return tl(e);case"message":return nl(e);case"list":return ol(e);case"map":return sl(e)}}function el(e){let t=Hn(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r)=>{s[o]={case:n,value:t(r)}}}return(o,s)=>{o[n]=t(s)}}function tl(e){var t;let n=e.localName,o=(t=e.oneof)===null||t===void 0?void 0:t.localName;if(e.enum.open)return o!==void 0?(a,i)=>{a[o]={case:n,value:i.int32()}}:(a,i)=>{a[n]=i.int32()};let s=e.enum.values,r=e.number;return(a,i,u,c)=>{var f;let p=i.int32();if(s.some(h=>h.number===p))o!==void 0?a[o]={case:n,value:p}:a[n]=p;else if(u.readUnknownFields){let h=[];Ur(p,h);let m=(f=a.$unknown)!==null&&f!==void 0?f:[];m.push({no:r,wireType:c,data:new Uint8Array(h)}),a.$unknown=m}}}function nl(e){let t=e.localName,{toMessage:n,toLocal:o}=De(e),s=na(e);if(e.oneof){let r=e.oneof.localName;return(a,i,u)=>{let c=a[r],f=n(c.case===t?c.value:void 0);s(f,i,u),a[r]={case:t,value:o(f)}}}return(r,a,i)=>{let u=n(r[t]);s(u,a,i),r[t]=o(u)}}function na(e){let t=cs(e.message);if(e.delimitedEncoding){let n=e.number;return(o,s,r)=>t.readGroup(o,s,r,n)}return(n,o,s)=>t.read(n,o,s,o.uint32())}function ol(e){let t=e.localName;if(e.listKind=="message"){let{toMessage:a,toLocal:i}=De(e),u=na(e);return(c,f,p)=>{let h=a(void 0);u(h,f,p),c[t].push(i(h))}}let n=e.listKind=="enum"?y.INT32:e.scalar,o=e.listKind=="scalar"?e.longAsString:!1,s=Hn(n,e.utf8Validation,o),r=n!=y.STRING&&n!=y.BYTES;return(a,i,u,c)=>{let f=a[t];if(c==V.LengthDelimited&&r){let p=i.uint32()+i.pos;for(;i.pos<p;)f.push(s(i))}else f.push(s(i))}}function sl(e){let t=e.localName,n=Hn(e.mapKey,e.utf8Validation,!1),o=Jt(e.mapKey,!1),s,r;switch(e.mapKind){case"scalar":{let a=e.scalar,i=Hn(a,e.utf8Validation,!1);if(s=u=>i(u),a==y.BYTES)r=()=>new Uint8Array(0);else{let u=Jt(a,!1);r=()=>u}break}case"enum":{let a=e.enum.values[0].number;s=i=>i.int32(),r=()=>a;break}case"message":{let{toMessage:a,toLocal:i}=De(e),u=cs(e.message).read;s=(c,f,p)=>{let h=a(p);return u(h,c,f,c.uint32()),i(h)},r=()=>i(a(void 0));break}}return(a,i,u)=>{let c=a[t],f,p,h=i.uint32(),m=i.pos+h;for(;i.pos<m;){let[g,_]=i.tag();switch(g){case 1:f=n(i);break;case 2:p=s(i,u,p);break;default:i.skip(_,g,u.recursionLimit-u.depth)}}f===void 0&&(f=o),p===void 0&&(p=r()),Je(c,f,p)}}function Hn(e,t,n){switch(e){case y.STRING:return o=>o.string(t);case y.BOOL:return o=>o.bool();case y.DOUBLE:return o=>o.double();case y.FLOAT:return o=>o.float();case y.INT32:return o=>o.int32();case y.INT64:return n?o=>String(o.int64()):o=>o.int64();case y.UINT64:return n?o=>String(o.uint64()):o=>o.uint64();case y.FIXED64:return n?o=>String(o.fixed64()):o=>o.fixed64();case y.BYTES:return o=>o.bytes();case y.FIXED32:return o=>o.fixed32();case y.SFIXED32:return o=>o.sfixed32();case y.SFIXED64:return n?o=>String(o.sfixed64()):o=>o.sfixed64();case y.SINT64:return n?o=>String(o.sint64()):o=>o.sint64();case y.UINT32:return o=>o.uint32();case y.SINT32:return o=>o.sint32()}}var rl=2,al=3,oa={writeUnknownFields:!0};function il(e){return e?Object.assign(Object.assign({},oa),e):oa}function qn(e,t,n){let o=new Pn;return fs(e)(o,il(n),t),o.finish()}var sa=new WeakMap;function fs(e){let t=sa.get(e);return t===void 0&&(t=ul(e)),t}function ul(e){let t=e.typeName,n=e.fields.concat().sort((a,i)=>a.number-i.number),o=n[0],s=[],r=(a,i,u)=>{if(u.$typeName!==t&&o!==void 0)throw new Bn(o,`cannot use ${o} with message ${u.$typeName}`,"ForeignFieldError");for(let f=0;f<s.length;f++)s[f](a,i,u);let c=u.$unknown;if(c!==void 0&&i.writeUnknownFields)for(let f=0;f<c.length;f++){let{no:p,wireType:h,data:m}=c[f];a.tag(p,h).raw(m)}};sa.set(e,r);for(let a of n)s.push(ll(a));return r}function ll(e){switch(e.fieldKind){case"message":case"scalar":case"enum":return cl(e);case"list":return pl(e);case"map":return ml(e)}}function cl(e){let t=fl(e),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r,a)=>{let i=a[o];i.case===n&&t(s,r,i.value)}}if(e.presence!=rl){let o=e.presence==al?`cannot encode ${e} to binary: required field not set`:void 0;return(s,r,a)=>{let i=a[n];if(i!==void 0&&Object.prototype.hasOwnProperty.call(a,n))t(s,r,i);else if(o!==void 0)throw new Error(o)}}if(e.fieldKind=="enum"){let o=e.enum.values[0].number;return(s,r,a)=>{let i=a[n];i!==o&&t(s,r,i)}}switch(e.scalar){case y.BOOL:return(o,s,r)=>{let a=r[n];a!==!1&&t(o,s,a)};case y.STRING:return(o,s,r)=>{let a=r[n];a!==""&&t(o,s,a)};case y.BYTES:return(o,s,r)=>{let a=r[n];(!(a instanceof Uint8Array)||a.byteLength>0)&&t(o,s,a)};case y.DOUBLE:case y.FLOAT:return(o,s,r)=>{let a=r[n];Object.is(a,0)||t(o,s,a)};default:return(o,s,r)=>{let a=r[n];a!=0&&t(o,s,a)}}}function fl(e){switch(e.fieldKind){case"message":{let{toMessage:t}=De(e),n=ra(e);return(o,s,r)=>{n(o,s,t(r))}}case"scalar":case"enum":{let t=e.fieldKind=="enum"?y.INT32:e.scalar,n=e.number,o=Kn(t),s=Yn(t,e.parent.typeName,e.name);return(r,a,i)=>{r.tag(n,o),s(r,i)}}}}function pl(e){let t=e.localName,n=e.number;switch(e.listKind){case"message":{let{toMessage:o}=De(e),s=ra(e);return(r,a,i)=>{let u=i[t];for(let c=0;c<u.length;c++)s(r,a,o(u[c]))}}case"scalar":case"enum":{let o=e.listKind=="enum"?y.INT32:e.scalar,s=Yn(o,e.parent.typeName,e.name);if(e.packed)return(a,i,u)=>{let c=u[t];if(c.length!=0){a.tag(n,V.LengthDelimited).fork();for(let f=0;f<c.length;f++)s(a,c[f]);a.join()}};let r=Kn(o);return(a,i,u)=>{let c=u[t];for(let f=0;f<c.length;f++)a.tag(n,r),s(a,c[f])}}}}function ml(e){let t=e.localName,n=e.number,o=dl(e);if(e.mapKind=="message"){let{toMessage:i}=De(e),u=fs(e.message);return(c,f,p)=>{let h=p[t],m=Object.keys(h);for(let g=0;g<m.length;g++){let _=m[g];c.tag(n,V.LengthDelimited).fork(),o(c,_),c.tag(2,V.LengthDelimited).fork(),u(c,f,i(h[_])),c.join(),c.join()}}}let s=e.mapKind=="enum"?y.INT32:e.scalar,r=Kn(s),a=Yn(s,e.parent.typeName,e.name);return(i,u,c)=>{let f=c[t],p=Object.keys(f);for(let h=0;h<p.length;h++){let m=p[h];i.tag(n,V.LengthDelimited).fork(),o(i,m),i.tag(2,r),a(i,f[m]),i.join()}}}function dl(e){let t=Kn(e.mapKey),n=Yn(e.mapKey,e.parent.typeName,e.name),o=hl(e.mapKey);return(s,r)=>{s.tag(1,t),n(s,o(r))}}function hl(e){switch(e){case y.STRING:return t=>t;case y.BOOL:return t=>t==="true"?!0:t==="false"?!1:t;case y.UINT64:case y.FIXED64:return t=>{try{return se.uParse(t)}catch{return t}};case y.INT64:case y.SFIXED64:case y.SINT64:return t=>{try{return se.parse(t)}catch{return t}};default:return t=>{let n=Number.parseInt(t);return Number.isFinite(n)?n:t}}}function Yn(e,t,n){let o=vl(e);return(s,r)=>{try{o(s,r)}catch(a){throw a instanceof Error?new Error(`cannot encode field ${t}.${n} to binary: ${a.message}`):a}}}function vl(e){switch(e){case y.STRING:return(t,n)=>t.string(n);case y.BOOL:return(t,n)=>t.bool(n);case y.DOUBLE:return(t,n)=>t.double(n);case y.FLOAT:return(t,n)=>t.float(n);case y.INT32:return(t,n)=>t.int32(n);case y.INT64:return(t,n)=>t.int64(n);case y.UINT64:return(t,n)=>t.uint64(n);case y.FIXED64:return(t,n)=>t.fixed64(n);case y.BYTES:return(t,n)=>t.bytes(n);case y.FIXED32:return(t,n)=>t.fixed32(n);case y.SFIXED32:return(t,n)=>t.sfixed32(n);case y.SFIXED64:return(t,n)=>t.sfixed64(n);case y.SINT64:return(t,n)=>t.sint64(n);case y.UINT32:return(t,n)=>t.uint32(n);case y.SINT32:return(t,n)=>t.sint32(n)}}function ra(e){let t=e.number,n=fs(e.message);return e.delimitedEncoding?(o,s,r)=>{o.tag(t,V.StartGroup),n(o,s,r),o.tag(t,V.EndGroup)}:(o,s,r)=>{o.tag(t,V.LengthDelimited).fork(),n(o,s,r),o.join()}}function Kn(e){switch(e){case y.BYTES:case y.STRING:return V.LengthDelimited;case y.DOUBLE:case y.FIXED64:case y.SFIXED64:return V.Bit64;case y.FIXED32:case y.SFIXED32:case y.FLOAT:return V.Bit32;default:return V.Varint}}function aa(e,t,...n){if(n.length>0)throw new Error;return e.services[t]}var yl=999,gl=1,_l=2,bl=3,$l=9,ps=11,wl=12,Sl=14,xl=[["unary","server_streaming"],["client_streaming","bidi_streaming"]];function Fe(e,t=[]){let n=bt("file",e,{name:e.name?.replace(/\.proto$/,""),edition:yl,dependencies:t,enums:[],messages:[],extensions:[],services:[],toString:()=>`file ${e.name}`}),o=new ms(n);return e.enumType?.forEach(s=>o.addEnum(s)),e.messageType?.forEach(s=>o.addMessage(s)),o.messages.forEach(s=>o.addFields(s)),e.service?.forEach(s=>o.addService(s)),n}var ms=class{constructor(t){this.file=t,this.messages=[],this.types=new Map;for(let n of t.dependencies)for(let o of Vn(n))this.types.set(`.${o.typeName}`,o)}type(t,n,o,s){let r=`${o?.typeName??this.file.proto.package}.${n.name}`,a=()=>`${t} ${r}`,i=bt(t,n,{name:n.name,typeName:r,file:this.file,...s,toString:a});return this.types.set(`.${r}`,i),i}addEnum(t,n){let o=t.value??[],s=`${El(t.name)}_`,a=o.every(({name:u=""})=>u.toLowerCase().startsWith(s)&&/^\D/.test(u.slice(s.length)))?s:void 0,i=this.type("enum",t,n,{parent:n,open:!0,value:{},values:[],sharedPrefix:a});for(let u of o){let{name:c="",number:f=0}=u,p=c.slice(a?.length),m=bt("enum_value",u,{parent:i,name:c,localName:p,number:f,jsonName:c,toString:()=>`enum value ${i.typeName}.${c}`});i.values.push(m),i.value[f]??=m}(n?.nestedEnums??this.file.enums).push(i)}addMessage(t,n){let o={fields:[],oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[]},s=this.type("message",t,n,{parent:n,field:{},...o});t.options?.mapEntry||(n?.nestedMessages??this.file.messages).push(s),t.enumType?.forEach(r=>this.addEnum(r,s)),t.nestedType?.forEach(r=>this.addMessage(r,s)),this.messages.push(s)}addFields(t){let n=(t.proto.oneofDecl??[]).map(o=>kl(o,t));for(let o of t.proto.field??[]){let s=o.proto3Optional?void 0:n[o.oneofIndex??-1],r=this.field(o,t,s);t.fields.push(r),t.field[r.localName]=r,s?.fields.push(r),t.members.includes(s??r)||t.members.push(s??r)}t.oneofs=n.filter(o=>o.fields.length)}field(t,n,o){let{type:s=0,name:r=""}=t,a=t.label===bl,i=o||t.proto3Optional||s===ps,u=this.types.get(t.typeName),c=s===ps?"message":s===Sl?"enum":"scalar",f=bt("field",t,{name:r,number:t.number,parent:n,localName:ds(r),jsonName:ds(r),oneof:o,fieldKind:c,listKind:void 0,mapKind:void 0,mapKey:void 0,scalar:c==="scalar"?s:void 0,message:c==="message"?u:void 0,enum:c==="enum"?u:void 0,presence:i&&!a?gl:_l,packed:void 0,delimitedEncoding:c==="message"?!1:void 0,utf8Validation:!0,longAsString:!1,getDefaultValue:a?void 0:()=>{},toString:()=>`field ${n.typeName}.${r}`});if(!a)return f;if(!u?.proto.options?.mapEntry){let k=![$l,wl,ps].includes(s);return Object.assign(f,{fieldKind:"list",listKind:c,packed:k})}let[p,h]=u.fields,{fieldKind:m,message:g,enum:_,scalar:b}=h;return Object.assign(f,{fieldKind:"map",mapKey:p.scalar,mapKind:m,message:g,enum:_,scalar:b})}addService(t){let n=this.type("service",t,void 0,{methods:[],method:{}});for(let o of t.method??[]){let s=this.method(o,n);n.methods.push(s),n.method[s.localName]=s}this.file.services.push(n)}method(t,n){let{name:o="",clientStreaming:s,serverStreaming:r}=t;return bt("rpc",t,{parent:n,name:o,localName:o[0].toLowerCase()+o.slice(1),methodKind:xl[+!!s][+!!r],input:this.types.get(t.inputType),output:this.types.get(t.outputType),idempotency:t.options?.idempotencyLevel??0,toString:()=>`rpc ${n.typeName}.${o}`})}};function kl(e,t){let{name:n=""}=e,o=()=>`oneof ${t.typeName}.${n}`;return bt("oneof",e,{parent:t,fields:[],name:n,localName:ds(n),toString:o})}function bt(e,t,n){return{kind:e,proto:t,deprecated:t.options?.deprecated??!1,...n}}function ds(e){return e.replace(/_+(\D?)/g,(t,n)=>n.toUpperCase())}function El(e=""){return e.replace(/(?!^)[A-Z]/g,"_$&").toLowerCase()}var hs=Fe({name:"google/protobuf/duration.proto",messageType:[{name:"Duration",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),ia=nn(hs,0);var ua=Fe({name:"google/protobuf/field_mask.proto",messageType:[{name:"FieldMask",field:[{name:"paths",number:1,label:3,type:9}]}],package:"google.protobuf"});var vs=Fe({name:"google/protobuf/timestamp.proto",messageType:[{name:"Timestamp",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),la=nn(vs,0);var rn=Fe({name:"onduty/v1/status.proto",messageType:[{name:"UserStatus",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"available",number:4,type:8},{name:"cause",number:5,type:14,typeName:".onduty.v1.Cause"},{name:"status_since",number:6,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"next_status",number:8,type:14,typeName:".onduty.v1.Status"},{name:"next_status_time",number:9,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:10,type:9},{name:"reason",number:11,type:9},{name:"revision",number:12,type:3}]},{name:"Workflow",field:[{name:"account_id",number:1,type:9},{name:"enabled",number:2,type:8,oneofIndex:0,proto3Optional:!0},{name:"away_after",number:3,type:11,typeName:".google.protobuf.Duration"},{name:"offline_after",number:4,type:11,typeName:".google.protobuf.Duration"},{name:"resume",number:5,type:14,typeName:".onduty.v1.Resume",oneofIndex:1,proto3Optional:!0},{name:"keep_manual_away",number:6,type:8,oneofIndex:2,proto3Optional:!0},{name:"etag",number:7,type:9},{name:"update_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"updated_by",number:9,type:9},{name:"enabled_time",number:10,type:11,typeName:".google.protobuf.Timestamp"},{name:"update_caller",number:11,type:9}],oneofDecl:[{name:"_enabled"},{name:"_resume"},{name:"_keep_manual_away"}]},{name:"WorkflowImpact",field:[{name:"switching_to_away",number:1,type:3},{name:"switching_to_offline",number:2,type:3},{name:"switches",number:3,label:3,type:11,typeName:".onduty.v1.WorkflowImpactSwitch"},{name:"next_hour",number:4,label:3,type:11,typeName:".onduty.v1.WorkflowImpactQuarter"}]},{name:"WorkflowImpactQuarter",field:[{name:"end_time",number:1,type:11,typeName:".google.protobuf.Timestamp"},{name:"switching_to_away",number:2,type:3},{name:"switching_to_offline",number:3,type:3}]},{name:"WorkflowImpactSwitch",field:[{name:"user_id",number:1,type:9},{name:"previous_status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"}]},{name:"StatusChange",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"revision",number:3,type:3},{name:"previous_status",number:4,type:14,typeName:".onduty.v1.Status"},{name:"status",number:5,type:14,typeName:".onduty.v1.Status"},{name:"cause",number:6,type:14,typeName:".onduty.v1.Cause"},{name:"effective_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"commit_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:9,type:9},{name:"reason",number:10,type:9},{name:"caller",number:11,type:9}]},{name:"RecordActivityRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivityResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"SetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"reason",number:4,type:9},{name:"expected_revision",number:5,type:3,oneofIndex:0,proto3Optional:!0}],oneofDecl:[{name:"_expected_revision"}]},{name:"SetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"GetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9}]},{name:"GetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"BatchGetStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9}]},{name:"BatchGetStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"unknown_user_ids",number:2,label:3,type:9}]},{name:"ListStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"statuses",number:2,label:3,type:14,typeName:".onduty.v1.Status"},{name:"page_size",number:3,type:5},{name:"page_token",number:4,type:9}]},{name:"ListStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"next_page_token",number:2,type:9}]},{name:"ListAvailableUsersRequest",field:[{name:"account_id",number:1,type:9},{name:"order",number:2,type:14,typeName:".onduty.v1.AvailabilityOrder"},{name:"limit",number:3,type:5}]},{name:"ListAvailableUsersResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"available_count",number:2,type:3}]},{name:"GetWorkflowRequest",field:[{name:"account_id",number:1,type:9}]},{name:"GetWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"}]},{name:"UpdateWorkflowRequest",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"update_mask",number:2,type:11,typeName:".google.protobuf.FieldMask"},{name:"validate_only",number:3,type:8}]},{name:"UpdateWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"impact",number:2,type:11,typeName:".onduty.v1.WorkflowImpact"}]},{name:"ListStatusChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"start_time",number:3,type:11,typeName:".google.protobuf.Timestamp"},{name:"end_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"page_size",number:5,type:5},{name:"page_token",number:6,type:9}]},{name:"ListStatusChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.StatusChange"},{name:"next_page_token",number:2,type:9}]},{name:"Activity",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivitiesRequest",field:[{name:"sequence",number:1,type:3},{name:"activities",number:2,label:3,type:11,typeName:".onduty.v1.Activity"}]},{name:"RecordActivitiesResponse",field:[{name:"sequence",number:1,type:3},{name:"errors",number:2,label:3,type:11,typeName:".onduty.v1.ActivityError"}]},{name:"ActivityError",field:[{name:"index",number:1,type:5},{name:"reason",number:2,type:14,typeName:".onduty.v1.ErrorReason"},{name:"field",number:3,type:9},{name:"message",number:4,type:9},{name:"server_time",number:5,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"WatchStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9},{name:"resume_token",number:3,type:9}]},{name:"WatchStatusesResponse",field:[{name:"resume_token",number:1,type:9},{name:"snapshot",number:2,type:11,typeName:".onduty.v1.StatusSnapshot",oneofIndex:0},{name:"changes",number:3,type:11,typeName:".onduty.v1.WatchedChanges",oneofIndex:0},{name:"bookmark",number:4,type:11,typeName:".onduty.v1.Bookmark",oneofIndex:0}],oneofDecl:[{name:"event"}]},{name:"StatusSnapshot",field:[{name:"first",number:1,type:8},{name:"last",number:2,type:8},{name:"user_statuses",number:3,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"workflow",number:4,type:11,typeName:".onduty.v1.Workflow"}]},{name:"WatchedChanges",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WatchedChange"}]},{name:"WatchedChange",field:[{name:"status_change",number:1,type:11,typeName:".onduty.v1.StatusChange",oneofIndex:0},{name:"workflow_change",number:2,type:11,typeName:".onduty.v1.WorkflowChange",oneofIndex:0}],oneofDecl:[{name:"change"}]},{name:"WorkflowChange",field:[{name:"revision",number:1,type:3},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"previous_workflow",number:3,type:11,typeName:".onduty.v1.Workflow"}]},{name:"Bookmark",field:[{name:"effective_until",number:1,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"ListWorkflowChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"page_size",number:2,type:5},{name:"page_token",number:3,type:9}]},{name:"ListWorkflowChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WorkflowChange"},{name:"next_page_token",number:2,type:9}]},{name:"GetCallerRequest"},{name:"GetCallerResponse",field:[{name:"caller",number:1,type:11,typeName:".onduty.v1.Caller"}]},{name:"Caller",field:[{name:"authenticated",number:1,type:8},{name:"name",number:2,type:9},{name:"user_id",number:3,type:9},{name:"via",number:4,type:9},{name:"grants",number:5,label:3,type:11,typeName:".onduty.v1.CallerGrant"}]},{name:"CallerGrant",field:[{name:"everywhere",number:1,type:8},{name:"account_id",number:2,type:9},{name:"permissions",number:3,label:3,type:9},{name:"own_user_only",number:4,type:8},{name:"acts_for_others",number:5,type:8}]},{name:"ListAccountsRequest",field:[{name:"page_size",number:1,type:5},{name:"page_token",number:2,type:9}]},{name:"ListAccountsResponse",field:[{name:"accounts",number:1,label:3,type:11,typeName:".onduty.v1.Account"},{name:"next_page_token",number:2,type:9}]},{name:"Account",field:[{name:"account_id",number:1,type:9}]},{name:"SimulateRequest",field:[{name:"account_id",number:1,type:9},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"log",number:3,type:12},{name:"time_column",number:4,type:9},{name:"user_column",number:5,type:9},{name:"time_format",number:6,type:14,typeName:".onduty.v1.LogTimeFormat"},{name:"keep_order",number:7,type:8}]},{name:"SimulateResponse",field:[{name:"summary",number:1,type:11,typeName:".onduty.v1.SimulationSummary"},{name:"warnings",number:2,label:3,type:9}]},{name:"SimulationSummary",field:[{name:"users",number:1,type:3},{name:"activities",number:2,type:3},{name:"late_activities",number:3,type:3},{name:"first_activity_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:5,type:11,typeName:".google.protobuf.Timestamp"},{name:"switches",number:6,label:3,type:11,typeName:".onduty.v1.SimulatedSwitches"},{name:"resumes",number:7,type:3},{name:"ignored_activities",number:8,type:3},{name:"active_soon_after_away",number:9,type:3},{name:"time_in_status",number:10,label:3,type:11,typeName:".onduty.v1.SimulatedTime"}]},{name:"SimulatedSwitches",field:[{name:"previous_status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"count",number:3,type:3}]},{name:"SimulatedTime",field:[{name:"status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"duration",number:2,type:11,typeName:".google.protobuf.Duration"}]}],enumType:[{name:"Status",value:[{name:"STATUS_UNSPECIFIED",number:0},{name:"STATUS_ONLINE",number:1},{name:"STATUS_AWAY",number:2},{name:"STATUS_OFFLINE",number:3}]},{name:"Cause",value:[{name:"CAUSE_UNSPECIFIED",number:0},{name:"CAUSE_MANUAL",number:1},{name:"CAUSE_INACTIVITY",number:2},{name:"CAUSE_ACTIVITY",number:3}]},{name:"Resume",value:[{name:"RESUME_UNSPECIFIED",number:0},{name:"RESUME_FROM_AWAY",number:1},{name:"RESUME_NEVER",number:2},{name:"RESUME_FROM_AWAY_OR_OFFLINE",number:3}]},{name:"AvailabilityOrder",value:[{name:"AVAILABILITY_ORDER_UNSPECIFIED",number:0},{name:"AVAILABILITY_ORDER_LONGEST_AVAILABLE",number:1},{name:"AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE",number:2},{name:"AVAILABILITY_ORDER_LONGEST_IDLE",number:3}]},{name:"ErrorReason",value:[{name:"ERROR_REASON_UNSPECIFIED",number:0},{name:"ERROR_REASON_INVALID_FIELD",number:1},{name:"ERROR_REASON_INVALID_WORKFLOW",number:2},{name:"ERROR_REASON_USER_UNKNOWN",number:3},{name:"ERROR_REASON_REVISION_CONFLICT",number:4},{name:"ERROR_REASON_RESUME_TOKEN_EXPIRED",number:5},{name:"ERROR_REASON_CREDENTIAL_REQUIRED",number:6},{name:"ERROR_REASON_PERMISSION_REQUIRED",number:7},{name:"ERROR_REASON_LIMIT_EXCEEDED",number:8},{name:"ERROR_REASON_STORE_UNAVAILABLE",number:9},{name:"ERROR_REASON_ISSUER_UNAVAILABLE",number:10}]},{name:"LogTimeFormat",value:[{name:"LOG_TIME_FORMAT_UNSPECIFIED",number:0},{name:"LOG_TIME_FORMAT_RFC3339",number:1},{name:"LOG_TIME_FORMAT_EPOCH_S",number:2},{name:"LOG_TIME_FORMAT_EPOCH_MS",number:3}]}],service:[{name:"StatusService",method:[{name:"RecordActivity",inputType:".onduty.v1.RecordActivityRequest",outputType:".onduty.v1.RecordActivityResponse"},{name:"RecordActivities",inputType:".onduty.v1.RecordActivitiesRequest",outputType:".onduty.v1.RecordActivitiesResponse",clientStreaming:!0,serverStreaming:!0},{name:"SetStatus",inputType:".onduty.v1.SetStatusRequest",outputType:".onduty.v1.SetStatusResponse"},{name:"GetStatus",inputType:".onduty.v1.GetStatusRequest",outputType:".onduty.v1.GetStatusResponse",options:{idempotencyLevel:1}},{name:"BatchGetStatuses",inputType:".onduty.v1.BatchGetStatusesRequest",outputType:".onduty.v1.BatchGetStatusesResponse",options:{idempotencyLevel:1}},{name:"ListStatuses",inputType:".onduty.v1.ListStatusesRequest",outputType:".onduty.v1.ListStatusesResponse",options:{idempotencyLevel:1}},{name:"ListAvailableUsers",inputType:".onduty.v1.ListAvailableUsersRequest",outputType:".onduty.v1.ListAvailableUsersResponse",options:{idempotencyLevel:1}},{name:"WatchStatuses",inputType:".onduty.v1.WatchStatusesRequest",outputType:".onduty.v1.WatchStatusesResponse",serverStreaming:!0},{name:"GetWorkflow",inputType:".onduty.v1.GetWorkflowRequest",outputType:".onduty.v1.GetWorkflowResponse",options:{idempotencyLevel:1}},{name:"UpdateWorkflow",inputType:".onduty.v1.UpdateWorkflowRequest",outputType:".onduty.v1.UpdateWorkflowResponse"},{name:"ListStatusChanges",inputType:".onduty.v1.ListStatusChangesRequest",outputType:".onduty.v1.ListStatusChangesResponse",options:{idempotencyLevel:1}},{name:"ListWorkflowChanges",inputType:".onduty.v1.ListWorkflowChangesRequest",outputType:".onduty.v1.ListWorkflowChangesResponse",options:{idempotencyLevel:1}},{name:"GetCaller",inputType:".onduty.v1.GetCallerRequest",outputType:".onduty.v1.GetCallerResponse",options:{idempotencyLevel:1}},{name:"ListAccounts",inputType:".onduty.v1.ListAccountsRequest",outputType:".onduty.v1.ListAccountsResponse",options:{idempotencyLevel:1}},{name:"Simulate",inputType:".onduty.v1.SimulateRequest",outputType:".onduty.v1.SimulateResponse",options:{idempotencyLevel:1}}]}],package:"onduty.v1"},[hs,ua,vs]);var Nl=on(rn,0),I=sn(Nl),Al=on(rn,1),le=sn(Al),Il=on(rn,2),ca=sn(Il);var Tl=on(rn,5),Te=sn(Tl),fa=aa(rn,0);function pa(e){let t=new Uint8Array(5+e.length);return new DataView(t.buffer).setUint32(1,e.length),t.set(e,5),t}async function*ma(e){let t=new Uint8Array(0);for(;;){for(;t.length>=5;){let s=new DataView(t.buffer,t.byteOffset).getUint32(1),r=t[0];if(r&1||s>67108864)throw new TypeError("an envelope that was not asked for");if(t.length<5+s)break;let a=t.subarray(5,5+s);if(t=t.subarray(5+s),r&2)return JSON.parse(new TextDecoder().decode(a)||"{}");yield a}let{value:n,done:o}=await e.read();if(o)return void 0;t=Ol(t,n)}}function Ol(e,t){if(e.length===0)return t;let n=new Uint8Array(e.length+t.length);return n.set(e),n.set(t,e.length),n}var N=class extends Error{constructor(t,n,{reason:o="",violations:s=[],retryAfterMs:r,cause:a}={}){super(n,{cause:a}),this.name="OndutyError",this.code=t,this.reason=o,this.violations=s,this.retryAfterMs=r}},Cl={400:"internal",401:"unauthenticated",403:"permission_denied",404:"unimplemented",429:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};async function ys(e){let t=Cl[e.status]??"unknown";try{return gs(await e.json(),t)}catch{return new N(t,`the server answered with HTTP status ${e.status}`)}}function gs(e,t="unknown"){let n={};for(let{type:o,debug:s}of e.details??[])o==="google.rpc.ErrorInfo"&&s?.domain==="onduty"&&(n.reason=s.reason),o==="google.rpc.BadRequest"&&(n.violations=s?.fieldViolations),o==="google.rpc.RetryInfo"&&(n.retryAfterMs=Number.parseFloat(s?.retryDelay)*1e3);return new N(e.code??t,e.message??"",n)}var Rl=1e4;function _s(e){let t={};for(let[n,o]of Object.entries(fa.method)){let s=o;s.methodKind==="unary"&&(t[n]=Ml.bind(null,e,s)),s.methodKind==="server_streaming"&&(t[n]=Ll.bind(null,e,s))}return t}async function Ml(e,t,n,{signal:o,timeoutMs:s=e.timeoutMs??Rl}={}){let r=AbortSignal.timeout(s),a=o?AbortSignal.any([o,r]):r,i=qn(t.input,ve(t.input,n)),u={"content-type":"application/proto","connect-timeout-ms":String(s)},c=await da(e,t,u,i,a,o);if(!c.ok)throw await ys(c);try{return Gn(t.output,new Uint8Array(await c.arrayBuffer()))}catch(f){throw bs(f,a,o)}}async function*Ll(e,t,n,{signal:o}={}){let s=new AbortController,r=o?AbortSignal.any([o,s.signal]):s.signal;try{let a=pa(qn(t.input,ve(t.input,n))),i=await da(e,t,{"content-type":"application/connect+proto"},a,r,o);if(!i.ok||!i.body)throw await ys(i);let u=ma(i.body.getReader());for(;;){let{value:c,done:f}=await u.next().catch(p=>{throw bs(p,r,o)});if(!f){yield Gn(t.output,c);continue}if(c===void 0)throw new N("unavailable","the stream was cut");if(c.error)throw gs(c.error);return}}finally{s.abort()}}async function da(e,t,n,o,s,r){let a=await e.token?.(),i=e.actor?.();a&&(n.authorization=`Bearer ${a}`),i&&(n["onduty-actor-bin"]=Dl(i)),n["connect-protocol-version"]="1";let u=`${e.baseUrl}/${t.parent.typeName}/${t.name}`;try{let c={method:"POST",headers:n,body:o,signal:s,credentials:"omit",cache:"no-store"};return await(e.fetch??globalThis.fetch)(u,c)}catch(c){throw bs(c,s,r)}}function bs(e,t,n){return n?.aborted?new N("canceled","the call was cancelled",{cause:e}):t.aborted?new N("deadline_exceeded","the server did not answer in time",{cause:e}):new N("unavailable","the server cannot be reached",{cause:e})}function Dl(e){return btoa(String.fromCharCode(...new TextEncoder().encode(e)))}function D(e){return e&&Number(e.seconds)*1e3+Math.round(e.nanos/1e6)}function jn(e){return ve(la,ha(e))}function Xn(e){return ve(ia,ha(e))}function ha(e){let t=Math.floor(e/1e3);return{seconds:BigInt(t),nanos:Math.round(e-t*1e3)*1e6}}var l=mr.bind(Nn);var zn=class{constructor(t){this.area=t,this.inPage=new Map}get(t){try{return this.inPage.get(t)??this.area().getItem(t)}catch{return null}}set(t,n){this.inPage.delete(t);try{return n===null?this.area().removeItem(t):this.area().setItem(t,n),!0}catch{return n!==null&&this.inPage.set(t,n),!1}}},re=new zn(()=>sessionStorage),$t=new zn(()=>localStorage);var $s="onduty.departure";function va(e){return re.set($s,JSON.stringify(e))}function Fl(){let t=[location.hash,location.search].map(s=>new URLSearchParams(s.slice(1))).find(s=>s.has("state")&&(s.has("code")||s.has("error")));if(!t)return null;let n=JSON.parse(re.get($s)??"null"),o=n!==null&&n.state===t.get("state");return o&&re.set($s,null),history.replaceState(null,"",location.pathname+(o?n.page:"")),{parameters:t,departure:o?n:null}}var Zn=Fl();var an=x(location.hash),Qe=x(!1),un=x("");addEventListener("hashchange",()=>{Qe.peek()?(un.value=location.hash,history.replaceState(null,"",an.peek())):an.value=location.hash});addEventListener("beforeunload",e=>{Qe.peek()&&e.preventDefault()});function ya(e){let t=un.peek();un.value="",e&&(Qe.value=!1,Jn(t))}var Ue=L(()=>{let[e="",t="",...n]=an.value.replace(/^#\/?/,"").split("/").map(Ul);return{account:e,page:t||"board",rest:n}}),ga=L(()=>an.value==="");function be(e,...t){return wt(Ue.value.account,e,...t)}function wt(e,...t){return`#/${[e,...t].map(encodeURIComponent).join("/")}`}function Jn(e){location.hash=e}function Qn(e){history.replaceState(null,"",e),an.value=e}function Ul(e){try{return decodeURIComponent(e)}catch{return e}}var St=x(void 0);async function ln(){return St.value??=(await(await fetch("sign-in.json",{credentials:"omit"})).json()).provider,St.value??null}function cn(){return import("./oidc-SXTAP7DM.js")}var eo="onduty.token",pn="onduty.by-provider",ba="onduty.left-at",$a="onduty.name",Bl=6e4,Pl=5e3,Wl=4e3,z=x("loading"),nt=x(""),to=x(""),ot=x(re.get(eo)!==null),et=x($t.get($a)??""),tt=re.get(eo),Be,fn=0,_a=Zn!==null,wa=new BroadcastChannel("onduty.sign-out"),H=_s({baseUrl:"",token:()=>tt??void 0,actor:()=>tt===null&&et.value||void 0}),A=L(()=>Ue.value.account),ws={ask:async()=>{}};function no(){return tt}async function Pe(){z.value!=="unreachable"&&(z.value="loading");let e=_a;if(_a=!1,!(e&&!await ql(Gl)))try{await ws.ask(),z.value="ready",nt.value=""}catch(t){if(!(t instanceof N))throw t;t.code!=="unauthenticated"?z.value="unreachable":e?await ao("unaccepted",t.message):await Hl()}}async function Sa(e){ro(),Ia(e),await Pe(),z.value==="signed-out"&&(nt.value="refused")}async function xa(){await ka(!1)}async function oo(){let e=re.get(pn)!==null;z.value="loading",ro(),e&&wa.postMessage("");let t=location.pathname;if(e){let n=await ln().catch(()=>null);t=n&&await cn().then(o=>o.farewellAddress(n)).catch(()=>null)||t}location.replace(t)}function F(e,t=tt){return!(e instanceof N)||e.code!=="unauthenticated"||t!==tt?!1:(z.value==="ready"&&Vl(),!0)}function so(e){et.value=e.trim(),$t.set($a,et.value)}async function Vl(){z.value="loading",Be&&await Ss(),await Pe()}async function Hl(){let e=ot.value,t=re.get(pn)!==null;ro();let n=Date.now()-Number(re.get(ba));e&&t&&(n<0||n>Wl)?await ka(!0):await ao(e?"expired":"")}async function ka(e){z.value=e?"leaving":z.value,re.set(ba,String(Date.now())),await Ea(async()=>{let t=await ln();if(!t)return;if(!isSecureContext)throw{reason:"insecure"};let{address:n,departure:o}=await(await cn()).begun(t,{page:location.hash,isSilent:e});if(!va(o))throw{reason:"blocked"};location[e?"replace":"assign"](n)})}async function Gl(){let e=await ln();return e&&Zn&&(await cn()).redeem(e,Zn)}async function Ss(){clearTimeout(fn);let e=St.value;try{e&&Be&&Aa(await(await cn()).renew(e,Be))}catch(t){Na(t).reason==="unreachable"?fn=setTimeout(Ss,Pl):Be=void 0}}async function ql(e){return Ea(async()=>{let t=await e();t&&Aa(t)})}async function Ea(e){try{return await e(),!0}catch(t){let{reason:n,detail:o}=Na(t);return await ao(n,o),!1}}function Na(e){return{reason:e?.reason??"offline",detail:e?.detail??""}}function Aa(e){Ia(e.token),re.set(pn,"1"),Be=e.refreshToken??Be,clearTimeout(fn),!(Be===void 0||e.lifetimeMs===void 0)&&(fn=setTimeout(Ss,Math.max(e.lifetimeMs-Bl,e.lifetimeMs/2)))}function Ia(e){tt=e,re.set(eo,e),ot.value=!0}function ro(){tt=null,Be=void 0,clearTimeout(fn),re.set(eo,null),re.set(pn,null),ot.value=!1}async function ao(e,t=""){if(ro(),await ln().catch(()=>null),e==="offline"){z.value="unreachable";return}nt.value=e,to.value=t,z.value="signed-out"}wa.addEventListener("message",()=>{re.get(pn)!==null&&ao("")});addEventListener("pageshow",e=>{e.persisted&&z.value!=="ready"&&Pe()});var U=x(null),ie=x([]),mn=x(!1),Ta=L(()=>mn.value&&ie.value.length>=Oa),Yl=15e3,Kl=1e3,Oa=2e4,xt="",xs=null;async function Ca(){U.value=null,ie.value=[],xt="";let e=(await H.getCaller({})).caller??null,t=e?.name??"";xs!==null&&t!==xs&&location.reload(),xs=t,U.value=e,await Ma()}async function Ra(){if(!(z.value!=="ready"||document.hidden||!U.value?.authenticated))try{let e=(await H.getCaller({})).caller;z.value==="ready"&&JSON.stringify(e)!==JSON.stringify(U.value)&&(U.value=e??null)}catch(e){if(!(e instanceof N))throw e;F(e)}}setInterval(Ra,Yl);document.addEventListener("visibilitychange",Ra);async function Ma(){try{let e=await H.listAccounts({pageSize:Kl,pageToken:xt}),t=new Intl.Collator(void 0,{numeric:!0}),n=[...new Set([...ie.value,...e.accounts.map(o=>o.accountId)])];ie.value=n.sort(t.compare),xt=e.nextPageToken}catch(e){if(!(e instanceof N))throw e;xt=""}mn.value=xt!==""}async function La(){for(;xt&&ie.value.length<Oa;)await Ma()}var kt=L(()=>U.value!==null&&(!U.value.authenticated||U.value.grants.some(e=>e.everywhere))),io=L(()=>kt.value||ie.value.length>1),jl=L(()=>{let e=new Set([]),t=new Set([]);for(let n of U.value?.grants??[])if(!(!n.everywhere&&n.accountId!==A.value))for(let o of n.permissions)(n.ownUserOnly?t:e).add(o);return{everybody:e,own:t}});function B(e,t){if(U.value===null)return!1;let{everybody:n,own:o}=jl.value;return!U.value.authenticated||n.has(e)?!0:t!==void 0&&t===U.value.userId&&o.has(e)}var st=L(()=>{let e=U.value?.userId??"";return!B("status.read")&&B("status.read",e)?e:""}),uo=L(()=>B("status.read")&&B("workflow.read")),Da=L(()=>st.value!==""||B("status.read")||B("workflow.read"));var Fa="onduty.language",Ua={en:()=>import("./en-53VYXC7E.js"),de:()=>import("./de-WAT7QCXY.js")},Ba={en:"English",de:"Deutsch"},ue=x("en"),Pa=x(void 0);function Wa(){let e=[$t.get(Fa)??"",...navigator.languages];return Ha(e.map(t=>t.split("-")[0]).find(t=>t in Ua)??"en")}function d(){return Pa.value}async function Va(e){try{await Ha(e)}catch{return}$t.set(Fa,e)}function Oe(e){return e.toLocaleString(ue.value)}async function Ha(e){Pa.value=(await Ua[e]()).texts,ue.value=e}function Et(){return l`<label class="language">
<span class="visually-hidden">${d().nav.language}</span>
<select value=${ue.value} onChange=${e=>Va(e.currentTarget.value)}>
${Object.entries(Ba).map(([e,t])=>l`<option key=${e} value=${e} selected=${e===ue.value} lang=${e}>${t}</option>`)}
</select>
</label>`}var rt=1e3,ks=60*rt,dn=60*ks,lo=24*dn,At=x(Date.now());setInterval(()=>{document.hidden||(At.value=Date.now())},rt);document.addEventListener("visibilitychange",()=>{At.value=Date.now()});var It=Intl.DateTimeFormat().resolvedOptions().timeZone,Ga=new Map;function Nt(e,t){let n=`${ue.value} ${e}`,o=Ga.get(n);return o||Ga.set(n,o=new Intl.DateTimeFormat(ue.value,t)),o}function P(e,t=Date.now()){let n=Nt("time",{hour:"2-digit",minute:"2-digit",second:"2-digit",hourCycle:"h23"}).format(e);return new Date(e).toDateString()===new Date(t).toDateString()?n:`${(new Date(e).getFullYear()===new Date(t).getFullYear()?Nt("day",{day:"numeric",month:"short"}):Nt("date",{dateStyle:"medium"})).format(e)}, ${n}`}function at(e){return`${new Date(e).toISOString().replace("T"," ").replace("Z","")} UTC`}function Tt(e){let{units:t}=d(),n=Math.max(0,Math.round(e/rt)),o=[[Math.floor(n/86400),t.d],[Math.floor(n/3600)%24,t.h],[Math.floor(n/60)%60,t.min],[n%60,t.s]],s=o.findIndex(([r])=>r!==0);return s<0?`0 ${t.s}`:o.slice(s,s+2).filter(([r])=>r!==0).map(([r,a])=>`${r} ${a}`).join(" ")}function Ot(e){let{units:t}=d();return e<ks?`${Math.max(0,Math.floor(e/rt))} ${t.s}`:e<dn?`${Math.floor(e/ks)} ${t.min}`:e<lo?`${Math.floor(e/dn)} ${t.h}`:`${Math.floor(e/lo)} ${t.d}`}function qa(e){let t=Math.max(0,Math.ceil(e/rt)),n=r=>String(r).padStart(2,"0");if(t>=86400)return Tt(e);let o=Math.floor(t/3600),s=Math.floor(t/60)%60;return o?`${o}:${n(s)}:${n(t%60)}`:`${s}:${n(t%60)}`}var Xl=/[\u202a-\u202e\u2066-\u2069]/g;function it(e){return e.replace(Xl,"�")}function de(e){return e&&`⁨${it(e)}⁩`}var zl={board:"M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",history:"M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",whatIf:"M4 16V9M10 16V4M16 16v-5",settings:"M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",plus:"M10 4v12M4 10h12",cross:"M5 5l10 10M15 5L5 15",pencil:"M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",back:"M12 4l-6 6 6 6",search:"M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",warn:"M10 3l8 14H2zM10 8v4M10 14v1",up:"M5 12l5-5 5 5",down:"M5 8l5 5 5-5",person:"M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0"};function ne({name:e}){return l`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
<path
d=${zl[e]}
fill=${e==="board"?"currentColor":"none"}
stroke=${e==="board"?"none":"currentColor"}
stroke-width="1.7"
stroke-linecap="round"
stroke-linejoin="round"
/>
</svg>`}function ut(){return l`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`}function R({kind:e="info",children:t,actions:n}){return l`<div class="notice ${e}" role=${e==="error"||e==="warn"?"alert":"status"}>
${(e==="error"||e==="warn")&&l`<${ne} name="warn" />`}
<div class="notice-text">${t}</div>
${n&&l`<div class="notice-actions">${n}</div>`}
</div>`}function ce({title:e,hint:t,isPage:n=!1,children:o}){return l`<div class="empty">
<${n?"h1":"p"} class="empty-title">${e}<//>
${t&&l`<p class="hint">${t}</p>`} ${o}
</div>`}function fe(){return l`<div class="skeleton" role="status" aria-label=${d().common.loading}>
<span></span><span></span><span></span><span></span>
</div>`}function lt({ms:e,now:t}){return e===void 0?null:l`<time dateTime=${new Date(e).toISOString()} title=${at(e)}>${P(e,t)}</time>`}function co({title:e,onClose:t,children:n,alert:o=!1}){let s=K(null),r=jt();return O(()=>{let i=document.activeElement;return s.current?.showModal(),()=>i?.focus()},[]),l`<dialog ref=${s} class="dialog" aria-labelledby=${r} role=${o?"alertdialog":null} onCancel=${i=>{i.preventDefault(),t()}}>
<h2 id=${r}>${e}</h2>
${n}
</dialog>`}function G({children:e}){let t=it(String(e));return l`<bdi class="name" title=${t}>${t}</bdi>`}var Zl=128,Jl=100,Ql=8,ec=20;function Ya(){let e=d().start,t=A.value,n=ie.value.length===1&&!mn.value?ie.value[0]:void 0,o=n!==void 0&&!t&&(ga.value||!kt.value);if(O(()=>{document.title=`${e.title} · onduty`,La()},[]),O(()=>{o&&Qn(wt(n,"board"))},[o]),o)return null;let s=ie.value.length===0&&!kt.value;return l`<main class="alone">
<div class="card narrow">
<${ut} />
<h1>${s?e.nothing:e.title}</h1>
${t&&l`<${R} kind="warn">${e.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${s?e.nothingHint(`⁨${U.value?.name}⁩`):e.hint}</p>
${ie.value.length>0&&l`<${tc} />`} ${kt.value&&l`<${nc} />`}
${ot.value&&l`<p class="who"><${G}>${U.value?.name??""}<//>
<button type="button" class="quiet" onClick=${oo}>${d().nav.signOut}</button></p>`}
<${Et} />
</div>
</main>`}function tc(){let e=d().start,t=S(""),n=t.value.trim().toLowerCase(),s=ie.value.filter(r=>r.toLowerCase().includes(n)).slice(0,Jl);return l`${ie.value.length>Ql&&l`<div class="field">
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
onInput=${r=>t.value=r.currentTarget.value}
/>
<p class="hint" role="status">
${e.shown(s.length,ie.value.length)}${Ta.value&&` ${e.notAll}`}
</p>
</div>`}
${s.length>0&&l`<ul class="account-list">
${s.map(r=>l`<li key=${r}><a href=${wt(r,"board")}><${G}>${r}<//></a></li>`)}
</ul>`}`}function nc(){let e=d().start,t=S(""),n=U.value!==null&&!U.value.authenticated;return l`<form class="token-form" onSubmit=${s=>{s.preventDefault();let r=new FormData(s.currentTarget),a=r.get("account")?.toString().trim()??"";n&&so(r.get("name")?.toString()??"");let i=new TextEncoder().encode(a).length;i===0||i>Zl?t.value=e.tooLong:Jn(wt(a,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${e.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&l`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&l`<div class="field">
<label for="own-name">${e.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${et.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${e.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${e.open}</button>
</form>`}function Ka(){let{nav:e}=d(),t=ie.value;if(t.length<2||t.length>ec||mn.value)return l`<p class="account">
<span class="hint">${e.account}</span> <${G}>${A.value}<//>
${io.value&&l`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`;let n=t.includes(A.value)?t:[A.value,...t];return l`<p class="account">
<label class="hint" for="account">${e.account}</label>
<select
id="account"
value=${A.value}
onChange=${o=>{Jn(wt(o.currentTarget.value,Ue.value.page)),o.currentTarget.value=A.value}}
>
${n.map(o=>l`<option key=${o} value=${o} selected=${o===A.value}>${o}</option>`)}
</select>
${kt.value&&l`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}var fo=class{constructor(t=()=>performance.now()){this.steady=t,this.offsets=[],this.isAnew=!0}restart(){this.isAnew=!0}learn(t){this.offsets=[...this.isAnew?[]:this.offsets.slice(-29),t-this.steady()],this.isAnew=!1}now(){return this.offsets.length?this.steady()+Math.max(...this.offsets):Date.now()}},Ct=class{constructor(){this.steady=1/0,this.wall=1/0}in(t){this.steady=performance.now()+t,this.wall=Date.now()+t}hasPassed(){return performance.now()>this.steady||Date.now()>this.wall}};var ja=3500,hn=7e3,oc=500,sc=1e4,rc=6e4,po=class{constructor(t){this.wanted=t,this.resumeToken=t.resumeToken,this.closing=new AbortController,this.silence=new Ct,this.isSilent=!1,this.isWaiting=!0,this.leading=null,this.seeking=null,this.attempt=null,this.hasBegun=!1,this.isFresh=!1,this.isBegunAnew=!1,this.isShared=!1,this.endPause=()=>{},this.channel="BroadcastChannel"in globalThis&&navigator.locks?new BroadcastChannel(t.name):null,this.channel?(this.channel.onmessage=({data:n})=>this.#n(n),this.#o({}),this.#u()):this.#a()}close(){this.closing.abort(),this.seeking?.abort(),this.#r(),this.channel?.close()}retry(){this.leading?this.endPause():this.#e("retry")}check(){let t=this.isSilent;this.isSilent=this.silence.hasPassed(),!(!this.isSilent||!t)&&(this.isSilent=!1,this.leading?this.attempt?.abort():this.#o({steal:!0}))}#e(t){this.closing.signal.aborted||this.channel?.postMessage(t)}#n(t){if(this.isShared=!0,t==="join")this.#t();else if(t==="retry")this.endPause();else{if(this.leading)return;t==="lead"?this.silence.in(hn):"lost"in t?(this.silence.in(t.lost.waitMs+hn),this.wanted.onLost(t.lost)):this.#i(t)}}#t(){!this.leading||!this.hasBegun&&!this.resumeToken||(this.resumeToken="",this.isBegunAnew=!0,this.attempt?.abort(),this.endPause())}#u(){this.isWaiting=!0,this.silence.in(hn),this.#e("join")}#i({message:t,after:n}){let{event:o}=t;if(o.case==="snapshot"&&o.value.first)this.isWaiting=!1;else{if(this.isWaiting)return;if(n!==this.resumeToken)return this.#u()}this.silence.in(ja),this.resumeToken=t.resumeToken,this.wanted.onMessage(t)}#o(t){this.seeking?.abort();let n=this.seeking=new AbortController;t.steal||(t.signal=n.signal),navigator.locks.request(this.wanted.name,t,()=>this.#a()).catch(()=>{this.closing.signal.aborted||n!==this.seeking||n.signal.aborted||(this.#r(),this.#o({}),this.#u())})}#r(){this.leading?.abort(),this.leading=null,this.endPause()}async#a(){if(this.closing.signal.aborted)return;let t=this.leading=new AbortController;this.#e("lead");for(let n=0;!t.signal.aborted;){let o=this.attempt=new AbortController;this.isBegunAnew=!1;let s=await this.#s(AbortSignal.any([t.signal,o.signal]));if(this.silence.in(1/0),t.signal.aborted)return;if(this.isBegunAnew)continue;if(s&&this.wanted.isFinal(s))return this.close();n=this.isFresh?1:n+1;let r={waitMs:ac(n,s),isOrderly:!s&&!o.signal.aborted&&n===1};this.#e({lost:r}),this.wanted.onLost(r),await this.#l(r.waitMs)}}async#s(t){this.hasBegun=this.isFresh=!1,this.silence.in(hn);try{for await(let n of this.wanted.open(this.resumeToken,t)){if(t.aborted)return;this.isFresh||=n.event.case==="bookmark",this.silence.in(this.isFresh?ja:hn),this.isShared&&this.#e({message:n,after:this.resumeToken}),this.hasBegun=!0,this.resumeToken=n.resumeToken,this.wanted.onMessage(n)}}catch(n){return n instanceof N?this.resumeToken&&(n.code==="out_of_range"||n.code==="invalid_argument")?(this.resumeToken="",this.isBegunAnew=!0):this.wanted.isOutdated(n)&&(this.isBegunAnew=!0):reportError(n),n}}#l(t){return new Promise(n=>{let o=setTimeout(()=>this.endPause(),t);this.endPause=()=>{clearTimeout(o),this.endPause=()=>{},n(void 0)}})}};function ac(e,t){let n=Math.min(sc,oc*2**Math.min(e-1,10)),o=t instanceof N&&t.retryAfterMs||0;return Math.min(o,rc)+n*(.5+Math.random()/2)}function Rt(e){return(/^[ -~]*$/.test(e)?e:e.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu,"")).toLowerCase()}function Xa(e,t){return{id:e.userId,key:Rt(e.userId),status:e.status,cause:e.cause,since:D(e.statusSince)??0,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:D(e.lastActivityTime),next:e.nextStatus,nextAt:D(e.nextStatusTime),checked:t}}function ic(e,t){let n=D(e.effectiveTime)??0;return{id:e.userId,key:t?.key??Rt(e.userId),status:e.status,cause:e.cause,since:t?.status===e.status?t.since:n,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:e.cause===le.ACTIVITY?n:t?.lastActivity,next:I.UNSPECIFIED,nextAt:void 0,checked:0}}var mo=class{constructor(){this.all=new Map,this.counts={[I.ONLINE]:0,[I.AWAY]:0,[I.OFFLINE]:0},this.coming=null,this.onChange=(()=>{}),this.onReset=()=>{}}apply(t,n){if(t.case==="snapshot"){if(t.value.first&&(this.coming=new Map),!this.coming)throw new Error("a snapshot without a beginning");for(let o of t.value.userStatuses)this.coming.set(o.userId,Xa(o,n));t.value.last&&this.#e(this.coming)}else if(t.case==="changes")for(let{change:o}of t.value.changes){if(o.case!=="statusChange")continue;let s=this.all.get(o.value.userId);(!s||o.value.revision>s.revision)&&this.#n(s,ic(o.value,s))}}clear(){this.#e(new Map)}take(t,n){let o=this.all.get(t.userId);o&&o.revision>t.revision||this.#n(o,Xa(t,n))}#e(t){this.coming=null,this.all=t,this.counts={[I.ONLINE]:0,[I.AWAY]:0,[I.OFFLINE]:0};for(let{status:n}of t.values())this.#t(n,1);this.onReset()}#n(t,n){this.all.set(n.id,n),t&&this.#t(t.status,-1),this.#t(n.status,1),this.onChange(t,n)}#t(t,n){t in this.counts&&(this.counts[t]+=n)}};var uc=3500,lc=500,cc=100,fc=6e4,Y=new mo,ye=x(0),C=x("connecting"),ae=x(0),Lt=L(()=>C.value!=="live"&&ae.value>0),Es=x(0),ct=x(null),ho=new fo,Ja=new Ct,za=0,We=null,Ns="",Qa=0,Za=0;function Mt(){return ho.now()}var Ve=L(()=>C.value==="live"||!ae.value?At.value&&Mt():ae.value);function As(){We?.retry()}function vo(){za||=setTimeout(()=>{za=0,ye.value++},cc)}function He(e){for(let t of e)t.accountId===A.peek()&&Y.take(t,Mt());vo()}function pc(e){Is(),ti(),uo.peek()?ei(e):C.value="denied"}function ei(e){C.value="connecting",ho.restart();let t=no();We=new po({name:`onduty ${e} ${mc()}`,resumeToken:Ns,open(n,o){return t=no(),H.watchStatuses({accountId:e,resumeToken:n},{signal:o})},onMessage:({event:n})=>dc(n),onLost({waitMs:n,isOrderly:o}){C.value=o?"connecting":"lost",Es.value=Date.now()+n,ho.restart()},isOutdated:n=>n instanceof N&&n.code==="unauthenticated"&&t!==no(),isFinal(n){return F(n,t)?!0:!(n instanceof N)||n.code!=="permission_denied"?!1:(ti(),C.value="denied",!0)}}),Qa=setInterval(yo,lc)}function mc(){let{name:e="",grants:t=[]}=U.peek()??{};return JSON.stringify([e,t])}function Is(){clearInterval(Qa),We&&(Ns=We.resumeToken),We?.close(),We=null}function ti(){Ns="",Y.clear(),ae.value=0,ct.value=null}function yo(){C.value==="live"&&Ja.hasPassed()&&(C.value="late"),We?.check()}function dc(e){if(Y.apply(e,Mt()),vo(),e.case==="snapshot"&&e.value.first&&(ct.value=e.value.workflow??null),e.case==="changes")for(let{change:t}of e.value.changes)t.case==="workflowChange"&&(ct.value=t.value.workflow??null);if(e.case==="bookmark"){let t=D(e.value.effectiveUntil)??0;ho.learn(t),ae.value=t;let n=t+uc-Mt();n>0&&(Ja.in(n),C.value="live")}}addEventListener("online",As);addEventListener("pageshow",yo);document.addEventListener("resume",yo);document.addEventListener("visibilitychange",()=>{clearTimeout(Za),document.hidden?Za=setTimeout(Is,fc):(yo(),!We&&z.peek()==="ready"&&A.peek()&&C.peek()!=="denied"&&ei(A.peek()))});J(()=>{let e=A.value;z.value==="ready"&&e?pc(e):Is()});function ni(){let e=d().link,t=At.value;if(C.value==="denied")return null;if(C.value==="connecting"||C.value==="late")return l`<p class="link ${C.value}" role="status">${e[C.value]}</p>`;if(C.value==="live"){let o=ae.value?`${e.liveAsOf(P(ae.value))} (${at(ae.value)})`:"";return l`<p class="link live" role="status" title=${o}><span class="dot" aria-hidden="true"></span>${e.live}</p>`}let n=Math.ceil((Es.value-t)/rt);return l`<p class="link lost">
<span role="status">${e.lost}</span>
<span class="hint">${e.retrying(n)}</span>
<button type="button" class="quiet" onClick=${As}>${e.now}</button>
</p>`}function ft(){let e=d().link;return C.value==="late"?l`<p class="lost-banner" role="alert">${e.lateAt(P(ae.value))}</p>`:C.value!=="lost"?null:l`<p class="lost-banner" role="alert">${Lt.value?e.lostAt(P(ae.value)):e.neverConnected}</p>`}var hc={[I.ONLINE]:"ONLINE",[I.AWAY]:"AWAY",[I.OFFLINE]:"OFFLINE"};function Ge(e){return hc[e]??"NONE"}function ge(e){return d().status[Ge(e)]}function Ts({status:e}){let t=Ge(e);return l`<svg class="shape ${t.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
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
</svg>`}function Q({status:e,large:t=!1}){return l`<span class="status ${Ge(e).toLowerCase()} ${t?"large":""}">
<${Ts} status=${e} />${ge(e)}
</span>`}var Os=6,vc=15e6,yc="a, button, input",Dt=x(0),si=()=>{let e=getComputedStyle(document.documentElement);Dt.value=parseFloat(e.getPropertyValue("--row"))*parseFloat(e.fontSize)};si();addEventListener("resize",si);function go({count:e,row:t,head:n,label:o,kept:s=-1,top:r,onRange:a}){let i=Dt.value,u=K(null),c=K(null),[f,p]=zo({first:0,last:40}),h=()=>{let w=u.current;if(!w)return;let $=Math.max(0,Math.floor(w.scrollTop/i)-Os),v=Math.ceil((w.scrollTop+w.clientHeight)/i)+Os;p(E=>E.first===$&&E.last===v?E:{first:$,last:v}),a?.($,v)};O(()=>{let w=u.current;h();let $=new ResizeObserver(h);return $.observe(w),w.addEventListener("scroll",h,{passive:!0}),()=>{$.disconnect(),w.removeEventListener("scroll",h)}},[i,a]),In(()=>{u.current&&(u.current.scrollTop=0)},[r]),In(()=>{if(!c.current||!u.current)return;let{index:w,control:$}=c.current,v=oi(u.current.querySelector(`[aria-rowindex="${w+2}"]`));v.length&&(c.current=null,v[Math.min($,v.length-1)].focus({preventScroll:!0}))});let m=(w,$)=>{let v=u.current;c.current={index:Math.max(0,Math.min(e-1,w)),control:$};let E=v.firstElementChild?.clientHeight??0,T=c.current.index*i,te=T+i+E-v.clientHeight;v.scrollTop=Math.max(te,Math.min(T,v.scrollTop)),p(q=>({...q})),h()},g=w=>{let $=w.target,v=$.closest(".rows-all [aria-rowindex]"),E=oi(v),T=E.indexOf($),te=v?Number(v.getAttribute("aria-rowindex"))-2:-1,q=gc(w,{index:te,control:T,range:f,count:e,rowHeight:i,height:u.current?.clientHeight??0});!q||w.altKey||w.metaKey||(w.preventDefault(),q.index===te?E[Math.max(0,Math.min(E.length-1,q.control))]?.focus():m(q.index,q.control))},_=[],b=Math.min(f.last,e);for(let w=Math.min(f.first,e);w<b;w++)_.push(t(w));s>=0&&s<e&&(s<f.first||s>=b)&&_.push(t(s));let k=Math.min(e*i,vc);return l`<div
class="rows"
ref=${u}
role="grid"
aria-label=${o}
aria-rowcount=${e+1}
tabindex="0"
onKeyDown=${g}
>
${n}
<div class="rows-all" role="rowgroup" style=${{height:`${k}px`}}>${_}</div>
</div>`}function gc({key:e,ctrlKey:t},{index:n,control:o,range:s,count:r,rowHeight:a,height:i}){let u=Math.max(1,Math.floor(i/a)-2);if(n<0){let c=s.first?s.first+Os:0;return e==="ArrowDown"&&r?{index:c,control:0}:void 0}switch(e){case"ArrowDown":return{index:n+1,control:o};case"ArrowUp":return{index:n-1,control:o};case"PageDown":return{index:n+u,control:o};case"PageUp":return{index:n-u,control:o};case"Home":return t?{index:0,control:o}:{index:n,control:0};case"End":return t?{index:r-1,control:o}:{index:n,control:1/0};case"ArrowRight":return{index:n,control:o+1};case"ArrowLeft":return{index:n,control:o-1};default:return}}function oi(e){return[...e?.querySelectorAll(yc)??[]]}function $e({cause:e,actor:t,reason:n},o){let s=d().cause;switch(e){case le.INACTIVITY:return o===void 0?s.inactivity:s.inactive(Ot(o));case le.ACTIVITY:return s.activity;case le.MANUAL:{let r=t?s.by(de(t)):s.byHand;return n?s.withReason(r,de(n)):r}default:return""}}var _c={person:()=>0,status:(e,t)=>e.status-t.status,since:(e,t)=>e.since-t.since};function bc(e,t){return e.key!==t.key?e.key<t.key?-1:1:e.id<t.id?-1:e.id>t.id?1:0}var _o=class{constructor(){this.rows=[],this.wanted={by:"person",down:!1,search:"",statuses:new Set}}reset(t,n){this.wanted=n,this.rows=[];for(let o of t)this.#e(o)&&this.rows.push(o);this.rows.sort((o,s)=>this.#n(o,s))}change(t,n){let o=t&&this.#e(t)?this.#t(t):-1,s=this.#e(n);if(o>=0&&s&&this.#n(t,n)===0){this.rows[o]=n;return}o>=0&&this.rows.splice(o,1),s&&this.rows.splice(this.#t(n),0,n)}indexOf(t){return this.#e(t)?this.#t(t):-1}#e(t){let{search:n,statuses:o}=this.wanted;return(o.size===0||o.has(t.status))&&(n===""||t.key.includes(n))}#n(t,n){let o=_c[this.wanted.by](t,n)||bc(t,n);return this.wanted.down?-o:o}#t(t){let n=0,o=this.rows.length;for(;n<o;){let s=n+o>>1;this.#n(this.rows[s],t)<0?n=s+1:o=s}return n}};var $c=4e3,ri=1e3,wc=1e4,bo=150,Sc=200,xc=5e3,dt=x(""),we=x(new Set),qe=x({by:"person",down:!1}),ee=x(new Set),mt=x(!1),Se=new _o,$o=[],Cs=0,Rs=x(0),yn=L(()=>{if(ye.value,Rs.value,!mt.value)return{count:Se.rows.length,at:t=>Se.rows.at(t)};let e=$o;return{count:e.length,at:t=>Y.all.get(e[t]?.id)??e.at(t)}});Y.onChange=(e,t)=>Se.change(e,t);Y.onReset=()=>{ai();let e=[...ee.peek()].filter(t=>Y.all.has(t));e.length<ee.peek().size&&(ee.value=new Set(e)),vo()};function ai(){let{by:e,down:t}=qe.peek();Se.reset(Y.all.values(),{by:e,down:t,search:Rt(dt.peek().trim()),statuses:we.peek()}),So()}J(()=>{dt.value,we.value,qe.value,ai(),Rs.value=Rs.peek()+1});J(()=>{A.value,ee.value=new Set});function wo(){qe.peek().by==="person"&&we.peek().size===0||(mt.peek()||($o=[...Se.rows]),mt.value=!0,clearTimeout(Cs),Cs=setTimeout(So,xc))}function So(){clearTimeout(Cs),mt.value=!1,$o=[]}function ii(e){if(mt.peek())return $o.findIndex(n=>n.id===e);let t=Y.all.get(e);return t?Se.indexOf(t):-1}var Ut=[0,40],Ms=0,vn=0,ui=0,pt=null,Ls=!1;function li(e,t){e===Ut[0]&&t===Ut[1]||(Ut=[e,t],pt?.abort(),vn=1/0,Ft(bo))}function Ft(e){let t=performance.now()+e;!Ls||t>=vn||(clearTimeout(Ms),vn=t,Ms=setTimeout(kc,e))}function Ds(){let{at:e}=yn.peek(),t=[];for(let n=Ut[0];n<Math.min(Ut[1],Ut[0]+Sc);n++){let o=e(n);o&&t.push(o)}return t}async function kc(){vn=1/0;let e=Ds().map(o=>o.id);if(e.length&&C.peek()==="live"&&!document.hidden){pt?.abort();let o=pt=new AbortController;ui=performance.now();try{let s=await H.batchGetStatuses({accountId:A.peek(),userIds:e},{signal:o.signal});He(s.userStatuses)}catch(s){if(!(s instanceof N))throw s;if(F(s))return}if(pt!==o)return;pt=null}let t=Mt(),n=Ds().some(({nextAt:o})=>o!==void 0&&o-t<wc);Ft(n?ri:$c)}function ci(){Ls=!0,vn=1/0,Ft(bo);let e=J(()=>{yn.value,!(C.value!=="live"||pt||!Ds().some(({checked:o})=>o===0))&&Ft(Math.max(bo,ui+ri-performance.now()))}),t=J(()=>{ct.value,Ft(bo)}),n=()=>Ft(0);return document.addEventListener("visibilitychange",n),()=>{Ls=!1,clearTimeout(Ms),pt?.abort(),document.removeEventListener("visibilitychange",n),e(),t()}}function fi(e){let{by:t,down:n}=qe.value;qe.value={by:e,down:t===e?!n:e==="since"}}function pi(e){let t=new Set(we.value);t.delete(e)||t.add(e),we.value=t.size===3?new Set:t}function mi(e){let t=new Set(ee.value);t.delete(e)||t.add(e),ee.value=t}function Fs(){return Se.rows.length>0&&ee.value.size>0&&Se.rows.every(({id:e})=>ee.value.has(e))}function di(){let e=new Set(ee.value);if(Fs())for(let{id:t}of Se.rows)e.delete(t);else for(let{id:t}of Se.rows)e.add(t);ee.value=e}var Ec=1e4;function vi({person:e,index:t,top:n,onSet:o}){let s=d().board,r=it(e.id),a=ee.value.has(e.id);return l`<div
class="row ${a?"selected":""}"
role="row"
aria-rowindex=${t+2}
data-id=${e.id}
style=${{transform:`translateY(${n}px)`}}
>
<div class="cell check" role="gridcell">
${B("status.write")&&l`<input
type="checkbox"
tabindex="-1"
aria-label=${s.select(r)}
checked=${a}
onChange=${()=>mi(e.id)}
/>`}
</div>
<div class="cell person" role="rowheader">
<a href=${be("person",e.id)} tabindex="-1"><${G}>${e.id}<//></a>
</div>
<div class="cell status-cell" role="gridcell"><${Q} status=${e.status} /></div>
<${Nc} person=${e} />
<${Ac} person=${e} />
<div class="cell next" role="gridcell"><${Us} person=${e} /></div>
<div class="cell act" role="gridcell">
${B("status.write")&&l`<button
type="button"
class="icon-button"
tabindex="-1"
aria-label=${s.set(r)}
title=${s.set(r)}
onClick=${()=>o(e.id)}
>
<${ne} name="pencil" />
</button>`}
</div>
</div>`}function Nc({person:e}){let{cause:t,checked:n,lastActivity:o}=e,s=t===le.INACTIVITY&&n&&o!==void 0?Ve.value-o:void 0,r=$e(e,s);return l`<div class="cell why" role="gridcell" title=${r}>${r}</div>`}function Ac({person:e}){let t=Ot(Ve.value-e.since);return l`<div class="cell since" role="gridcell">
<time dateTime=${new Date(e.since).toISOString()} title=${at(e.since)}>${t}</time>
</div>`}function Us({person:e}){let{next:t,nextAt:n,checked:o}=e,s=Ve.value;return t===I.UNSPECIFIED||n===void 0||C.value!=="live"||s-o>Ec?l`<span class="hint">–</span>`:l`<span class="countdown ${n-s<6e4?"near":""}" title=${at(n)}>
${d().board.nextIn(ge(t),qa(n-s))}
</span>`}function oe(e){let t=d().errors;if(!(e instanceof N))throw e;switch(e.code){case"permission_denied":return t.denied;case"deadline_exceeded":return t.timeout;case"resource_exhausted":return t.limit;case"unavailable":return e.reason==="STORE_UNAVAILABLE"?t.store:t.unreachable;default:return t.failed(e.violations[0]?.description??e.message)}}function xe(e){return e instanceof N&&e.code==="canceled"}var Ic=512,Tc=4,Bt=5,Oc=10,Cc=1e4;function Pt({ids:e,onClose:t}){let n=d().setStatus,o=S(e),s=S(e.length===1&&Y.all.get(e[0])?.status||I.ONLINE),r=S(""),a=S(-1),i=S([]),u=K(new AbortController),c=new TextEncoder().encode(r.value).length>Ic,f=a.value>=0,p=e.length===1,h=async _=>{if(_.preventDefault(),c||f)return;a.value=0,i.value=[];let{signal:b}=u.current=new AbortController,k=await Dc(o.value,s.value,r.value.trim(),b,()=>a.value++);a.value=-1,o.value=k.left,i.value=k.failures,p||(ee.value=new Set(k.left)),k.left.length===0&&t()},m=()=>{u.current.abort(),(!f||p)&&t()},g=p?n.title(de(e[0])):n.titleMany(o.value.length);return l`<${co} title=${g} onClose=${m}>
<form onSubmit=${h} novalidate>
${p?l`<${Rc} id=${e[0]} />`:l`<${Mc} ids=${o.value} />`}
<fieldset class="segments" disabled=${f}>
<legend>${n.status}</legend>
${[I.ONLINE,I.AWAY,I.OFFLINE].map(_=>l`<label class="segment" key=${_}>
<input type="radio" name="status" checked=${s.value===_} onChange=${()=>s.value=_} />
<${Q} status=${_} />
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
onInput=${_=>r.value=_.currentTarget.value}
/>
<p class=${c?"problem":"hint"} id="reason-hint">${c?n.reasonTooLong:n.reasonHint}</p>
</div>
<${Lc} failed=${i.value} left=${o.value.length} isOne=${p} />
<div class="dialog-actions">
${f&&!p&&l`<span class="hint" role="status">${n.progress(a.value,o.value.length)}</span>`}
<button type="button" onClick=${m}>${f&&!p?n.stop:d().common.cancel}</button>
<button type="submit" class="primary" disabled=${c||f}>${n.submit}</button>
</div>
</form>
<//>`}function Rc({id:e}){ye.value;let t=Y.all.get(e);return t?l`<p>${d().setStatus.now} <${Q} status=${t.status} /> <span class="hint">${$e(t)}</span></p>`:null}function Mc({ids:e}){let t=e.slice(0,Bt).map((n,o)=>l`${o>0&&", "}<bdi key=${n}>${it(n)}</bdi>`);return l`<p class="hint">${t}${e.length>Bt&&l` ${d().common.more(e.length-Bt)}`}</p>`}function Lc({failed:e,left:t,isOne:n}){return e.length===0?null:n?l`<${R} kind="error">${e[0].why}<//>`:l`<${R} kind="error">
<p>${d().setStatus.failed(t)}</p>
<ul class="lines">
${e.slice(0,Bt).map(({id:o,why:s})=>l`<li key=${o}><${G}>${o}<//>: ${s}</li>`)}
</ul>
${e.length>Bt&&l`<p>${d().common.more(e.length-Bt)}</p>`}
<//>`}async function Dc(e,t,n,o,s){let r=A.peek(),a=new Set(e),i=[...e],u=[],c=!1,f=async()=>{for(let p=i.shift();p!==void 0&&!c&&!o.aborted;p=i.shift()){try{let{userStatus:h}=await Fc(()=>H.setStatus({accountId:r,userId:p,status:t,reason:n}),e.length>1);a.delete(p),h&&He([h])}catch(h){F(h)?c=!0:u.push({id:p,why:oe(h)}),h instanceof N&&(h.code==="unavailable"||h.code==="deadline_exceeded")&&(c=!0)}s()}};return await Promise.all(Array.from({length:Math.min(Tc,e.length)},f)),{left:[...a],failures:u}}async function Fc(e,t){for(let n=0;;n++)try{return await e()}catch(o){if(!t||n===Oc||!(o instanceof N)||o.reason!=="LIMIT_EXCEEDED")throw o;await new Promise(s=>setTimeout(s,Math.min(o.retryAfterMs??1e3,Cc)))}}var Uc=[I.ONLINE,I.AWAY,I.OFFLINE];function gi(){let e=d().board,t=S(null),n=K("");O(ci,[]);let{count:o,at:s}=yn.value,r=u=>{n.current=u.target.closest("[data-id]")?.dataset.id??"",u.target.matches(":focus-visible")&&wo()};if(C.value==="denied")return l`<${ce} isPage title=${d().errors.denied} />`;let a=!ae.value&&C.value!=="lost"&&o===0,i=u=>{let c=s(u);return c?l`<${vi}
key=${c.id}
person=${c}
index=${u}
top=${u*Dt.value}
onSet=${f=>t.value=[f]}
/>`:null};return l`<h1 class="visually-hidden">${e.title}</h1>
<${ft} />
<div class="board ${Lt.value?"stale":""} ${B("status.write")?"":"read-only"}">
<${Bc} />
<${Pc} onSet=${()=>t.value=[...ee.value]} />
${a?l`<${fe} />`:l`<div
class="rows-frame"
onFocusIn=${r}
onFocusOut=${()=>n.current=""}
onKeyDown=${wo}
onPointerMove=${wo}
onPointerLeave=${So}
>
<${go}
count=${o}
row=${i}
head=${l`<${Wc} />`}
label=${e.title}
kept=${n.current?ii(n.current):-1}
top=${`${dt.value} ${[...we.value]} ${Object.values(qe.value)}`}
onRange=${li}
/>
</div>`}
${!a&&o===0&&l`<${Vc} />`}
</div>
${t.value&&l`<${Pt} ids=${t.value} onClose=${()=>t.value=null} />`}`}function Bc(){let e=d().board;ye.value;let{counts:t}=Y,n=we.value;return l`<div class="tools">
<div class="search">
<${ne} name="search" />
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
value=${dt.value}
onInput=${o=>dt.value=o.currentTarget.value}
/>
</div>
<div class="chips" role="group" aria-label=${e.filter}>
<button
type="button"
class="chip"
aria-pressed=${n.size===0?"true":"false"}
onClick=${()=>we.value=new Set}
>
<span>${e.all}</span> <${yi} n=${Y.all.size} />
</button>
${Uc.map(o=>l`<button
type="button"
key=${o}
class="chip"
aria-pressed=${n.has(o)?"true":"false"}
onClick=${()=>pi(o)}
>
<${Ts} status=${o} /><span>${ge(o)}</span>
<${yi} n=${t[o]} />
</button>`)}
</div>
${mt.value&&l`<p class="hint end">${e.held}</p>`}
</div>`}function yi({n:e}){return l`<span class="count">${ae.value||e?Oe(e):"–"}</span>`}function Pc({onSet:e}){let t=d().board,n=ee.value.size;return n===0||!B("status.write")?null:l`<div class="selection" role="status">
<span>${t.selected(n)}</span>
<button type="button" class="primary" onClick=${e}>${t.setSelected}</button>
<button type="button" class="quiet" onClick=${()=>ee.value=new Set}>${t.clear}</button>
</div>`}function Wc(){let e=d().board;return yn.value,l`<div class="rows-head" role="rowgroup">
<div class="row" role="row" aria-rowindex="1">
<div class="cell check" role="columnheader">
${B("status.write")?l`<input type="checkbox" aria-label=${e.selectAll} checked=${Fs()} onChange=${di} />`:l`<span class="visually-hidden">${e.selectAll}</span>`}
</div>
<${Bs} by="person" name=${e.person} />
<${Bs} by="status" name=${e.status} />
<div class="cell why" role="columnheader">${e.cause}</div>
<${Bs} by="since" name=${e.since} />
<div class="cell next" role="columnheader">${e.next}</div>
<div class="cell act" role="columnheader"><span class="visually-hidden">${e.setSelected}</span></div>
</div>
</div>`}function Bs({by:e,name:t}){let{by:n,down:o}=qe.value,s=n===e;return l`<div class="cell ${e}" role="columnheader" aria-sort=${s?o?"descending":"ascending":"none"}>
<button type="button" class="sorter" onClick=${()=>fi(e)}>
${t}${s&&l`<${ne} name=${o?"down":"up"} />`}
</button>
</div>`}function Vc(){let e=d().board;if(Y.all.size===0)return C.value==="live"?l`<${ce} title=${e.empty} hint=${e.emptyHint} />`:null;let t=()=>{dt.value="",we.value=new Set};return l`<${ce} title=${e.noMatch}><button type="button" onClick=${t}>${e.showAll}</button><//>`}function _i(e){return["effective_time,user_id,previous_status,status,cause,actor,reason",...e.map(({at:n,id:o,from:s,to:r,cause:a,actor:i,reason:u})=>[new Date(n).toISOString(),o,I[s],I[r],le[a],i,u].map(Hc).join(",")),""].join(`\r
`)}function Hc(e){let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function bi(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(new Blob(["\uFEFF",t],{type:"text/csv;charset=utf-8"})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),6e4)}var xo=2e4,Gc=1e3;async function ko({accountId:e,userId:t,start:n,end:o,signal:s,most:r=xo},a=H){let i=[],u="";do{let c={startTime:jn(n),endTime:o===void 0?void 0:jn(o)},f=await a.listStatusChanges({accountId:e,userId:t,...c,pageSize:Gc,pageToken:u},{signal:s});for(let p of f.changes)i.push({id:p.userId,revision:p.revision,from:p.previousStatus,to:p.status,cause:p.cause,actor:p.actor,reason:p.reason,at:D(p.effectiveTime)??0});u=f.nextPageToken}while(u&&i.length<r);return{changes:i.sort(qc),isCapped:u!==""}}function qc(e,t){return t.at-e.at||Number(t.revision-e.revision)}var Yc=6e4,$i=8,Kc=4e3,jc=400,Eo=class{constructor(t,n,o){this.wanted=t,this.calls=o,this.changes=[],this.from=t.end??n,this.until=t.end,this.isCut=!1,this.sliceMs=t.userId?Math.max(1,this.from-t.start):Yc}get isComplete(){return this.from<=this.wanted.start}async more(t,n,o){let s=this.changes.length;for(;!this.isComplete&&!n(this.changes)&&this.changes.length-s<xo;){let r=Math.max(this.wanted.start,this.from-this.sliceMs),a=this.from-r<=1,i=a?xo:Kc,u=await ko({...this.wanted,start:r,end:this.until,signal:t,most:i},this.calls);if(u.isCapped&&!a){this.sliceMs=Math.max(1,Math.floor((this.from-r)/$i));continue}this.isCut||=u.isCapped,this.changes.push(...u.changes),this.from=this.until=r,u.changes.length<jc&&(this.sliceMs*=$i),o(this.changes.length)}}};var Si=["hour","today","yesterday","7","30","days"];function Ps(e,t,n,o){switch(e){case"hour":return{start:o-36e5,end:void 0};case"today":return{start:Wt(new Date(o),0),end:void 0};case"yesterday":return{start:Wt(new Date(o),-1),end:Wt(new Date(o),0)};case"days":{let[s,r]=[Wt(wi(t),0),Wt(wi(n||t),1)];return s<r?{start:s,end:r}:null}default:return{start:Wt(new Date(o),1-Number(e)),end:void 0}}}function xi(e){let t=new Date(e),n=o=>String(o).padStart(2,"0");return`${t.getFullYear()}-${n(t.getMonth()+1)}-${n(t.getDate())}`}function wi(e){let[t,n,o]=e.split("-").map(Number);return new Date(t,n-1,o)}function Wt(e,t){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+t).getTime()}var Xc=[["MANUAL",le.MANUAL],["INACTIVITY",le.INACTIVITY],["ACTIVITY",le.ACTIVITY]],zc=400,Zc=500,Jc=20;function ki(){let e=d().history,t=S(""),n=S("today"),o=S(xi(Date.now())),s=S(o.value),r=S(0),a=S(0),i=S(null),u=S(0),c=S(0),f=S(""),p=S(null),h=$=>!r.value||$.cause===r.value,m=async($,v)=>{let E=$.changes.filter(h).length+Zc;p.value=v,f.value="";try{await $.more(v.signal,T=>T.filter(h).length>=E,T=>c.value=T),i.value=$}catch(T){if(xe(T)||F(T))return;f.value=oe(T)}p.value===v&&(p.value=null)},g=Ps(n.value,o.value,s.value,Date.now());O(()=>{let $=new AbortController,v=setTimeout(()=>{let E=Date.now(),T=Ps(n.value,o.value,s.value,E);i.value=null,c.value=0,u.value=E,T&&m(new Eo({accountId:A.peek(),userId:t.value.trim(),...T},E),$)},t.value?zc:0);return()=>{clearTimeout(v),$.abort(),p.value?.abort()}},[t.value,n.value,o.value,s.value,r.value,a.value]);let _=i.value,b=_?.changes.filter(h)??[],k=Rt(t.value.trim()),w=k?[...Y.all.values()].filter($=>$.key.includes(k)).slice(0,Jc):[];return l`<h1>${e.title}</h1>
<div class="tools">
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${t.value}
onInput=${$=>t.value=$.currentTarget.value}
/>
<datalist id="people">${w.map(({id:$})=>l`<option key=${$} value=${$}></option>`)}</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${$=>n.value=$.currentTarget.value}>
${Si.map($=>l`<option value=${$} selected=${$===n.value}>${e.ranges[$]}</option>`)}
</select></label
>
${n.value==="days"&&[[e.firstDay,o],[e.lastDay,s]].map(([$,v])=>l`<label class="labelled" key=${$}
>${$}
<input type="date" value=${v.value} onChange=${E=>v.value=E.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${$=>r.value=Number($.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${Xc.map(([$,v])=>l`<option value=${v}>${d().cause.names[$]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>a.value++}>${e.refresh}</button>
${b.length>0&&l`<button type="button" onClick=${()=>bi(`${A.value}.csv`,_i(b))}>${e.download}</button>`}
<p class="hint end" role="status">
${_?`${e.shown(b.length)} · ${e.readAt(P(u.value))}`:c.value>0?e.reading(c.value):d().common.loading}
${" "}· ${d().common.zone(It)}
</p>
</div>
${!g&&l`<${R} kind="warn">${e.noDays}<//>`}
${f.value&&l`<${R}
kind="error"
actions=${l`<button type="button" onClick=${()=>a.value++}>${d().common.retry}</button>`}
>${f.value}<//
>`}
${_?.isCut&&l`<${R} kind="warn">${e.cut}<//>`}
${_&&b.length>0&&l`<${Qc} changes=${b} top=${u.value} />`}
${_&&b.length===0&&l`<${ce} title=${e.empty} hint=${t.value?e.wholeName:e.kept} />`}
${!_&&g&&!f.value&&l`<${fe} />`}
${_&&!_.isComplete&&l`<p class="older">
<button type="button" disabled=${p.value!==null} onClick=${()=>m(_,new AbortController)}>
${p.value?e.reading(c.value):e.older}
</button>
<span class="hint">${e.readFrom(P(_.from))}</span>
</p>`}`}function Qc({changes:e,top:t}){let n=d().history,o=l`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`,s=r=>{let a=e[r];return l`<div
class="row change"
role="row"
key=${String(a.revision)}
aria-rowindex=${r+2}
style=${{transform:`translateY(${r*Dt.value}px)`}}
>
<div class="cell time" role="gridcell"><${lt} ms=${a.at} /></div>
<div class="cell person" role="rowheader"><a tabindex="-1" href=${be("person",a.id)}><${G}>${a.id}<//></a></div>
<div class="cell what" role="gridcell"><${Ws} change=${a} /></div>
<div class="cell why" role="gridcell" title=${$e(a)}>${$e(a)}</div>
</div>`};return l`<${go}
count=${e.length}
row=${s}
head=${o}
label=${n.title}
top=${t}
/>`}function Ws({change:e}){let t=d().history;return l`<span class="from-to">
<span class="visually-hidden">${t.from}</span><${Q} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${t.to}</span>
<${Q} status=${e.to} />
</span>`}function Ei(e,t,n,o){let s=[],r=(u,c,f)=>{let p=s.at(-1);c=Math.max(c,n),f=Math.min(f,o),!(u===I.UNSPECIFIED||f<=c)&&(p&&p.status===u&&p.from===f?p.from=c:s.push({status:u,from:c,to:f}))},a=1/0;for(let u of e)r(u.to,u.at,a),a=u.at;let i=e.at(-1);return i?r(i.from,-1/0,a):r(t.status,t.since,a),s.reverse()}var ef=[10,30,60,120,240,720,1440],tf=8,nf=6e4;function Ni(e,t){let n=ef.find(u=>(t-e)/nf/u<=tf)??1440,o=[],s=new Date(e);s.setHours(0,0,0,0);let[r,a,i]=[s.getFullYear(),s.getMonth(),s.getDate()];for(let u=0;;u+=n){let c=new Date(r,a,i,0,u).getTime();if(c>=t)return o;c>=e&&c!==o.at(-1)&&o.push(c)}}var Vs=1e3,Hs=28,Ai={[I.ONLINE]:1,[I.AWAY]:2/3,[I.OFFLINE]:1/3};function Ii({parts:e,start:t,end:n}){let o=a=>(a-t)/(n-t)*Vs,s=of(e),r=d().person.bar(s.map(([a,i])=>`${ge(a)} ${Tt(i)}`).join(", "));return l`<div class="timeline">
<svg viewBox="0 0 ${Vs} ${Hs}" preserveAspectRatio="none" role="img" aria-label=${r}>
${e.map(({status:a,from:i,to:u})=>l`<rect
key=${i}
class="part ${Ge(a).toLowerCase()}"
x=${o(i)}
width=${Math.max(.5,o(u)-o(i))}
y=${Hs*(1-Ai[a])}
height=${Hs*Ai[a]}
>
<title>${`${ge(a)}: ${P(i)} – ${P(u)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${Ni(t,n-(n-t)/20).map(a=>l`<span key=${a} style=${{left:`${o(a)/(Vs/100)}%`}}>${sf(a,n-t)}</span>`)}
</div>
</div>
<ul class="sums">
${s.map(([a,i])=>l`<li key=${a}><${Q} status=${a} /> ${Tt(i)}</li>`)}
</ul>`}function of(e){let t=new Map;for(let{status:n,from:o,to:s}of e)t.set(n,(t.get(n)??0)+s-o);return[...t].sort(([n],[o])=>n-o)}function sf(e,t){return t>2*lo?Nt("mark day",{weekday:"short",day:"numeric"}).format(e):Nt("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}var rf=4e3,af=[8,24,168],Ti=100;function Oi({id:e}){let t=d().person,n=S(!1);ye.value;let o=Y.all.get(e),s=C.value==="live";O(()=>{if(!s)return;let a=new AbortController,i=async()=>{if(!document.hidden)try{let{userStatus:c}=await H.getStatus({accountId:A.peek(),userId:e},{signal:a.signal});c&&He([c])}catch(c){if(!(c instanceof N))throw c;F(c)}};i();let u=setInterval(i,rf);return document.addEventListener("visibilitychange",i),()=>{clearInterval(u),document.removeEventListener("visibilitychange",i),a.abort()}},[e,o?.revision,s]);let r=l`<p class="crumbs"><a href=${be("board")}><${ne} name="back" />${t.back}</a></p>`;return C.value==="denied"?l`${r}<${ce} isPage title=${d().errors.denied} />`:o?l`${r}<${ft} />
<div class=${Lt.value?"stale":""}>
<div class="person-head">
<h1><${G}>${e}<//></h1>
<${Q} status=${o.status} large />
${B("status.write",e)&&l`<button type="button" onClick=${()=>n.value=!0}>${d().board.setSelected}</button>`}
</div>
<${Gs} person=${o} />
<${qs} id=${e} person=${o} />
</div>
${n.value&&l`<${Pt} ids=${[e]} onClose=${()=>n.value=!1} />`}`:l`${r}<${ft} />
${ae.value?l`<${ce} isPage title=${t.unknown(de(e))} />`:l`<${fe} />`}`}function Gs({person:e}){let t=d().person,n=Ve.value,{lastActivity:o}=e,s=a=>l`<${lt} ms=${a} now=${n} /> <span class="hint">(${Ot(n-a)})</span>`,r=e.next!==I.UNSPECIFIED&&e.nextAt!==void 0;return l`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${$e(e,e.checked&&o!==void 0?n-o:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${s(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${o===void 0?t.never:s(o)}</dd></div>
<div><dt>${t.next}</dt><dd>${r?l`<${Us} person=${e} />`:t.none}</dd></div>
</dl>`}function qs({id:e,person:t}){let n=d().person,o=S(24),s=S(0),r=S(null),a=S(""),i=Ve.value,u=s.value||i,c=o.value*dn,f=u-c,p=C.value==="live";O(()=>{if(!p)return;let b=new AbortController;return ko({accountId:A.peek(),userId:e,start:f,signal:b.signal}).then(k=>{r.value={...k,start:f},a.value=""},k=>{!xe(k)&&!F(k)&&(a.value=oe(k))}),()=>b.abort()},[e,c,s.value,t.revision,p]);let{changes:h=[],isCapped:m=!1}=r.value??{},g=r.value!==null&&r.value.start<=f,_=b=>s.value=b<Ve.peek()?b:0;return l`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>_(f)}>${n.earlier}</button>
<button type="button" disabled=${!s.value} onClick=${()=>_(u+c)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${b=>o.value=Number(b.currentTarget.value)}>
${af.map(b=>l`<option value=${b} selected=${b===o.value}>${n.ranges[b]}</option>`)}
</select></label
>
</div>
</div>
${s.value>0&&l`<p role="status">${P(f,i)} – ${P(u,i)}</p>`}
${a.value&&l`<${R} kind="error">${a.value}<//>`}
${m?l`<${R} kind="warn">${n.capped}<//>`:g?l`<${Ii} parts=${Ei(h,t,f,u)} start=${f} end=${u} />
<${uf} changes=${h.filter(({at:b})=>b>=f&&b<u)} key=${`${c} ${s.value}`} />`:!a.value&&l`<${fe} />`}
</section>`}function uf({changes:e}){let t=d().person,n=S(Ti);return e.length===0?l`<p class="hint">${t.noChanges}</p>`:l`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${d().history.time}</th>
<th scope="col">${d().history.change}</th>
<th scope="col">${d().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(o=>l`<tr key=${String(o.revision)}>
<td><${lt} ms=${o.at} /></td>
<td><${Ws} change=${o} /></td>
<td class="breaks">${$e(o)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&l`<button type="button" class="quiet" onClick=${()=>n.value+=Ti}>${d().common.more(e.length-n.value)}</button>`}
<p class="hint">${d().common.zone(It)}</p>`}var lf=4e3;function Ci({id:e}){let t=d(),n=S(!1),o=S(!1),s=S("");ye.value;let r=Y.all.get(e);O(()=>{let i=async()=>{if(!document.hidden)try{let{userStatus:c}=await H.getStatus({accountId:A.peek(),userId:e});c&&He([c]),s.value="",o.value=!1}catch(c){if(!(c instanceof N))throw c;if(F(c))return;o.value=c.code==="not_found",s.value=o.value?"":oe(c)}};i();let u=setInterval(i,lf);return document.addEventListener("visibilitychange",i),()=>{clearInterval(u),document.removeEventListener("visibilitychange",i)}},[e]);let a=B("status.write",e)&&l`<button type="button" onClick=${()=>n.value=!0}>${t.board.setSelected}</button>`;return l`${s.value&&l`<${R} kind="error">${s.value}<//>`}
${r?l`<div class=${s.value?"stale":""}>
<div class="person-head">
<h1><${G}>${e}<//></h1>
<${Q} status=${r.status} large />
${a}
</div>
<${Gs} person=${r} />
<${qs} id=${e} person=${r} />
</div>`:o.value?l`<${ce} title=${t.person.unseenYet}>${a}<//>`:!s.value&&l`<${fe} />`}
${n.value&&l`<${Pt} ids=${[e]} onClose=${()=>n.value=!1} />`}`}function Mi(){let e=d().signIn,t=S(!1),n=K(null);O(()=>{document.title=`${e.title} · onduty`,n.current?.focus()},[]);let o=async r=>{t.value=!0,await r(),t.value=!1},s=St.value?.issuer;return l`<main class="alone">
<div class="card narrow">
<${ut} />
<h1 ref=${n} tabindex="-1">${e.title}</h1>
${nt.value&&l`<${R} kind="warn">
<p>${e.why[nt.value]}</p>
${to.value&&l`<p class="hint"><${G}>${to.value}<//></p>`}
<//>`}
${s&&l`<button type="button" class="primary wide" disabled=${t.value} onClick=${()=>o(xa)}>
${e.at(new URL(s).host)}
</button>
<p class="hint">${e.atHint}</p>`}
${s?l`<details open=${nt.value==="refused"}>
<summary>${e.byToken}</summary>
<${Ri} isBusy=${t.value} busily=${o} kind="" />
</details>`:l`<${Ri} isBusy=${t.value} busily=${o} kind="primary" />`}
<${Et} />
</div>
</main>`}function Ri({isBusy:e,busily:t,kind:n}){let o=d().signIn,s=S("");return l`<form class="token-form" onSubmit=${async a=>{a.preventDefault();let i=new FormData(a.currentTarget).get("token")?.toString().trim()??"";s.value=i?"":o.empty,i&&await t(()=>Sa(i))}} novalidate>
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
</form>`}var gn={s:1e3,min:6e4,h:36e5,d:864e5},cf=["d","h","min","s"],No=gn.s,Di=30*gn.d,Vt={text:"10",unit:"min"},Ao={text:"30",unit:"min"},Fi=3,Ui=["enabled","away_after","offline_after","resume","keep_manual_away"];function he(e){return{enabled:e.enabled??!1,awayAfter:Ht(D(e.awayAfter)),offlineAfter:Ht(D(e.offlineAfter)),resume:e.resume||ca.FROM_AWAY,keepManualAway:e.keepManualAway??!1}}function ht(e,t,n){let{enabled:o,awayAfter:s,offlineAfter:r,resume:a,keepManualAway:i}=t;return{accountId:e,enabled:o,resume:a,keepManualAway:i,etag:n,awayAfter:s?Xn(_e(s)):void 0,offlineAfter:r?Xn(_e(r)):void 0}}function Io(e){let t={};for(let n of["awayAfter","offlineAfter"]){let o=e[n];if(!o)continue;let s=_e(o);s===void 0?t[n]="number":(s<No||s>Di)&&(t[n]="range")}if(!t.awayAfter&&!t.offlineAfter&&e.awayAfter&&e.offlineAfter){let[n,o]=[_e(e.awayAfter),_e(e.offlineAfter)];o<=n&&(t.offlineAfter="order")}return e.enabled&&!e.awayAfter&&!e.offlineAfter&&(t.enabled="none"),t}function vt(e,t){return e.enabled===t.enabled&&e.resume===t.resume&&e.keepManualAway===t.keepManualAway&&Li(e.awayAfter,t.awayAfter)&&Li(e.offlineAfter,t.offlineAfter)}function Li(e,t){if(!e||!t)return e===t;let[n,o]=[_e(e),_e(t)];return n===o&&(n!==void 0||e.text===t.text)}function _e({text:e,unit:t}){let[,n,o=""]=/^(\d+)(?:[.,](\d+))?$/.exec(e.trim())??[];if(!(n===void 0||o.length===3&&n!=="0"))return Math.round(+`${n}.${o}`*gn[t])}function Ht(e){if(e===void 0)return null;let t=cf.find(o=>e%gn[o]===0)??"s";return{text:(e/gn[t]).toLocaleString(ue.value,{useGrouping:!1}).replace(/[.,]\d{3}$/,"$&0"),unit:t}}function Bi({offlineAfter:e}){let t=e?_e(e):void 0;return t===void 0||t>_e(Vt)?Vt:Ht(Math.max(No,Math.floor(t/Fi/No)*No))}function Pi({awayAfter:e}){let t=e?_e(e):void 0;return t===void 0||t<_e(Ao)?Ao:Ht(Math.min(Di,t*Fi))}var ff=["s","min","h","d"],pf=40;function To({draft:e,faults:t,refused:n={},onChange:o,disabled:s=!1}){let r=d().workflows,a=K(null),i=K("");O(()=>{i.current&&a.current?.querySelector(i.current)?.focus(),i.current=""});let u=p=>{let h=t[p];return h?r.invalid[h]:n[p]},c=[["awayAfter",r.awayAfter,r.addAway,r.removeAway,Bi],["offlineAfter",r.offlineAfter,r.addOffline,r.removeOffline,Pi]],f=(p,h)=>{i.current=h?`.${p} input`:`.add-${p}`,o({[p]:h})};return l`<div class="periods" ref=${a}>
${c.map(([p,h,,m])=>{let g=e[p];return g&&l`<${mf}
key=${p}
name=${p}
label=${h}
period=${g}
onChange=${_=>o({[p]:_})}
removeLabel=${m}
onRemove=${()=>f(p,null)}
problem=${u(p)}
disabled=${s}
/>`})}
${e.awayAfter&&e.offlineAfter&&l`<p class="hint">${r.bothStart}</p>`}
${u("enabled")&&l`<p class="problem" role="alert">${u("enabled")}</p>`}
${!s&&l`<div class="adders">
${c.map(([p,,h,,m])=>!e[p]&&l`<button type="button" key=${p} class="quiet add-${p}" onClick=${()=>f(p,m(e))}>
<${ne} name="plus" />${h}
</button>`)}
</div>`}
</div>`}function mf({name:e,label:t,period:n,onChange:o,removeLabel:s,onRemove:r,problem:a,disabled:i}){let u=jt();return l`<div class="field ${e} ${a?"wrong":""}">
<label for=${u}>${t}</label>
<div class="field-row">
<input
id=${u}
class="short"
inputmode="decimal"
autocomplete="off"
maxlength=${pf}
value=${n.text}
disabled=${i}
aria-invalid=${a?"true":null}
aria-describedby=${a?`${u}-problem`:null}
onInput=${c=>o({...n,text:c.currentTarget.value})}
/>
<select
aria-label=${d().workflows.unit(t)}
value=${n.unit}
disabled=${i}
onChange=${c=>o({...n,unit:c.currentTarget.value})}
>
${ff.map(c=>l`<option value=${c} selected=${c===n.unit}>${d().longUnits[c]}</option>`)}
</select>
${!i&&l`<button type="button" class="icon-button" aria-label=${s} title=${s} onClick=${r}>
<${ne} name="cross" />
</button>`}
</div>
${a&&l`<p class="problem" id=${`${u}-problem`} role="alert">${a}</p>`}
</div>`}var df=32*1024*1024,Ys=1024*1024,hf=[",",";","	","|"];async function Wi(e){if(e.size>df)return null;let[t,n]=new Uint8Array(await e.slice(0,2).arrayBuffer()),o=t===31&&n===139,s=o?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[a,i]=vf(await yf(e,o));return{name:e.name,bytes:r,columns:a,sample:i}}function vf(e){let[t="",n=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),o=hf.reduce((a,i)=>t.split(i).length>t.split(a).length?i:a),[s,r]=[t,n].map(a=>a.split(o).map(i=>i.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!t.includes("\0")?[s,r]:[[],[]]}function Ks(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?Te.EPOCH_S:/^\d{12,13}$/.test(e)?Te.EPOCH_MS:Te.RFC3339}async function yf(e,t){let o=(t?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return new TextDecoder().decode((await o.read()).value)}catch{return""}finally{o.cancel().catch(()=>{})}}var js=["enabled","awayAfter","offlineAfter","resume","keepManualAway"];function yt(e,t){let n=d().workflows;switch(t){case"enabled":return e?.enabled?n.on:n.off;case"awayAfter":case"offlineAfter":{let o=Ht(D(e?.[t]));return o?`${o.text} ${d().units[o.unit]}`:n.never}case"resume":return n.resumes[e?.resume||1];default:return e?.keepManualAway?n.yes:n.no}}function Oo({before:e,after:t}){let n=d().workflows;return l`<ul class="lines">
${js.map(o=>{let[s,r]=[yt(e,o),yt(t,o)];return s===r?null:l`<li key=${o}>${n.fields[o]}: ${s} → ${r}</li>`})}
</ul>`}var gf=.1,{ONLINE:_n,AWAY:Co,OFFLINE:zs}=I,Hi=[[_n,Co],[_n,zs],[Co,zs]],Gi=[[Co,_n],[zs,_n]];function qi({summary:e,name:t}){let n=d().whatIf,[o,s]=[D(e.firstActivityTime),D(e.lastActivityTime)];return l`<div class="log-facts">
<p>${de(t)}: ${n.read(Number(e.users),Number(e.activities))}</p>
${o!==void 0&&s!==void 0&&l`<p class="hint">${P(o)} – ${P(s)} (${Tt(s-o)}) · ${d().common.zone(It)}</p>`}
</div>`}function Yi(e){let t=[Hi,Gi].map(n=>Zs(e,n));return Math.max(1,...t)}function Ki({title:e,settings:t,summary:n,largest:o}){let s=d().whatIf,r=d().workflows.fields,a=n.timeInStatus.map(g=>({status:g.status,ms:D(g.duration)??0})),i=a.reduce((g,_)=>g+_.ms,0),[u,c]=[Number(n.activeSoonAfterAway),Zs(n,[[_n,Co]])],[f,p]=[Number(n.ignoredActivities),Number(n.activities)],h=(g,_,b="")=>{let k=Zs(n,_);return l`<${Vi} label=${g} share=${k/o} kind=${b} value=${Oe(k)} />`},m=(g,_)=>l`
${h(l`<strong>${g}</strong>`,_)}
${_.map(([b,k])=>h(`${ge(b)} → ${ge(k)}`,[[b,k]],Ge(k)))}
`;return l`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(g=>`${r[g]}: ${yt(t,g)}`).join(" · ")}
</p>
<h3>${s.time}</h3>
<dl class="bars">
${a.map(({status:g,ms:_})=>l`<${Vi}
key=${g}
label=${l`<${Q} status=${g} />`}
share=${i?_/i:0}
kind=${Ge(g)}
value=${Xs(_,i)}
/>`)}
</dl>
<h3>${s.switches}</h3>
<dl class="bars">${m(s.demoted,Hi)} ${m(s.resumed,Gi)}</dl>
${p>0&&l`<p>${s.ignored(f,p,Xs(f,p))}</p>`}
<${R} kind=${c&&u/c>gf?"warn":"info"}>
<p><strong>${s.soon(u,c,Xs(u,c))}</strong></p>
<//>
</section>`}function Vi({label:e,share:t,value:n,kind:o=""}){return l`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${o.toLowerCase()}" width=${100*t} height="16" />
</svg>
</dd>
<dd class="value">${n}</dd>
</div>`}function Zs(e,t){return e?.switches.filter(o=>t.some(([s,r])=>o.previousStatus===s&&o.status===r))?.reduce((o,s)=>o+Number(s.count),0)??0}function Xs(e,t){let n={style:"percent",minimumFractionDigits:1,maximumFractionDigits:1};return(t?e/t:0).toLocaleString(ue.value,n)}var _f=12e4,bf=1e6,$f="activity_time",wf="user_id";function Xi(){let e=d().whatIf,t=S({enabled:!0,awayAfter:Vt,offlineAfter:Ao,resume:1,keepManualAway:!1}),n=S(!1),o=S(null),s=S({time:"",user:"",format:Te.RFC3339}),r=S(""),a=S(""),i=S([]),u=S(null),c=Io(t.value),f=!o.value?.columns.length||s.value.time!==""&&s.value.user!=="",p=o.value!==null&&f&&Object.keys(c).length===0&&!r.value;O(()=>(H.getWorkflow({accountId:A.peek()}).then(({workflow:v})=>{let E=v&&he(v);E&&(E.awayAfter||E.offlineAfter)&&!n.peek()&&(t.value={...E,enabled:!0})},F),()=>u.peek()?.abort()),[]);let h=v=>{n.value=!0,t.value={...t.value,...v}},m=async v=>{if(o.value=null,a.value="",!!v){r.value="packing";try{let E=await Wi(v);if(!E)a.value=e.tooLong;else{let[T,te]=[$f,wf].map(q=>E.columns.includes(q)?q:"");s.value={time:T,user:te,format:Ks(E.sample[E.columns.indexOf(T)])},o.value=E}}catch{a.value=e.unreadable}r.value=""}},g=v=>{v.preventDefault();let E=document.getElementById("log");v.type!=="drop"||r.value||!v.dataTransfer?.files.length||(E.files=v.dataTransfer.files,m(E.files[0]))},_=(v,E)=>{s.value={...s.value,[v]:E};let{columns:T=[],sample:te=[]}=o.value??{};v==="time"&&(s.value.format=Ks(te[T.indexOf(E)]))},b=(v,E,T)=>{let{time:te,user:q,format:ke}=s.value,pe={log:v.bytes,timeColumn:te,userColumn:q,timeFormat:ke},Ee=ht("",E,"");return H.simulate({accountId:A.peek(),workflow:Ee,...pe},{signal:T,timeoutMs:_f})},k=async v=>{if(v.preventDefault(),!p||!o.value)return;a.value="",i.value=[];let{signal:E}=u.value=new AbortController;r.value="computing";try{let T=t.value,te=await b(o.value,T,E);i.value=[{title:e.tried,settings:ht("",T,""),answer:te}];let{workflow:q}=await H.getWorkflow({accountId:A.peek()},{signal:E}),ke={...he(q),enabled:!0};if((ke.awayAfter||ke.offlineAfter)&&!vt(ke,T)){let pe=await b(o.value,ke,E);i.value=[...i.value,{title:e.inForce,settings:q,answer:pe}]}}catch(T){!xe(T)&&!F(T)&&(a.value=Sf(T,o.value))}r.value=""},[w]=i.value,$=Math.max(...i.value.map(({answer:v})=>Yi(v.summary)));return l`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${k} novalidate>
<div class="drop" onDragOver=${g} onDrop=${g}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
accept=".csv,.tsv,.txt,.gz,text/csv"
aria-describedby="log-hint"
disabled=${r.value!==""}
onChange=${v=>m(v.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${o.value&&l`<p role="status">${e.packed(Oe(Math.ceil(o.value.bytes.length/1e3)))}</p>`}
${o.value&&o.value.bytes.length>Ys&&l`<p class="problem">${e.large}</p>`}
</div>
${o.value&&o.value.columns.length>0&&l`<div class="tools">
<${ji} label=${e.timeColumn} value=${s.value.time} log=${o.value} onChange=${v=>_("time",v)} />
<${ji} label=${e.userColumn} value=${s.value.user} log=${o.value} onChange=${v=>_("user",v)} />
<label class="labelled"
>${e.format}
<select onChange=${v=>s.value={...s.value,format:Number(v.currentTarget.value)}}>
${[Te.RFC3339,Te.EPOCH_S,Te.EPOCH_MS].map(v=>l`<option value=${v} selected=${v===s.value.format}>${e.formats[v]}</option>`)}
</select></label
>
</div>
${!f&&l`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${To} draft=${t.value} faults=${c} onChange=${h} />
<label class="labelled"
>${d().workflows.resume}
<select onChange=${v=>h({resume:Number(v.currentTarget.value)})}>
${[1,3,2].map(v=>l`<option value=${v} selected=${v===t.value.resume}>${d().workflows.resumes[v]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${r.value&&e.stages[r.value]}</p>
${r.value==="computing"&&l`<progress aria-label=${e.stages[r.value]}></progress>
<button type="button" onClick=${()=>u.value?.abort()}>${d().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!p}>${e.run}</button>
</div>
</form>
<div class="results">
${a.value&&l`<${R} kind="error">${a.value}<//>`}
${w?.answer.warnings.map(v=>l`<${R} kind="warn" key=${v}>${v}<//>`)}
${w?.answer.summary&&l`<${qi} summary=${w.answer.summary} name=${o.value?.name??""} />
<div class="compare">
${i.value.map(({title:v,settings:E,answer:T})=>l`<${Ki} key=${v} title=${v} settings=${E} summary=${T.summary} largest=${$} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function ji({label:e,value:t,log:n,onChange:o}){return l`<label class="labelled"
>${e}
<select onChange=${s=>o(s.currentTarget.value)}>
<option value="" selected=${!t}>${d().whatIf.choose}</option>
${n.columns.map(s=>l`<option key=${s} value=${s} selected=${s===t}>${s}</option>`)}
</select></label
>`}function Sf(e,t){let n=d().whatIf;return t.bytes.length>Ys&&e instanceof N&&["unavailable","resource_exhausted"].includes(e.code)?n.refused(Oe(Math.ceil(t.bytes.length/bf))):!(e instanceof N)||e.code!=="invalid_argument"?oe(e):n.badLog(e.violations[0]?.description??e.message)}var xf=250,zi=1e4,kf=1500,Ef=["unavailable","deadline_exceeded","internal","unknown"],Nf=5,Ro=class{constructor(t,n=H){this.accountId=t,this.calls=n,this.base=x(null),this.draft=x(null),this.theirs=x(null),this.problem=x(""),this.refused=x({}),this.notice=x(""),this.phase=x(""),this.question=x(null),this.preview=x({state:"none"}),this.faults=L(()=>this.draft.value?Io(this.draft.value):{}),this.isValid=L(()=>Js(this.faults.value)&&Js(this.refused.value)),this.isChanged=L(()=>this.base.value!==null&&this.draft.value!==null&&!vt(he(this.base.value),this.draft.value)),this.canSave=L(()=>this.isChanged.value&&this.isValid.value&&!this.phase.value&&!this.theirs.value),this.asking=null,this.timer=0,this.rereading=0,this.heardEtag="",this.isClosed=!1}async load(t){this.problem.value="";try{let n=await this.#i();this.#a(t?.base??n),t&&this.edit(t.draft),this.#r(n,"updated"),this.#o()}catch(n){F(n)||(this.problem.value=oe(n))}}close(){this.isClosed=!0,this.#s()}edit(t){this.phase.value||(Ie(()=>{this.draft.value={...this.draft.value,...t},this.notice.value!=="kept"&&(this.notice.value=""),this.problem.value="",this.refused.value={}}),this.#l())}toggle(){let t=this.draft.value,{awayAfter:n,offlineAfter:o}=he(this.base.value);t.enabled?this.edit({enabled:!1,awayAfter:n,offlineAfter:o}):this.edit({enabled:!0,awayAfter:t.awayAfter??(t.offlineAfter?null:Vt)})}discard(){this.#a(this.theirs.value??this.base.value)}restore(t){this.phase.value||this.theirs.value||(this.question.value={restoring:t,before:this.isChanged.value?this.draft.value??void 0:void 0},this.edit(he(t)))}answer(t){let n=this.question.value;if(this.question.value=null,t)return this.#e();n?.before?this.edit(n.before):n?.restoring&&this.discard()}heard({etag:t}){this.heardEtag=t,this.base.value?this.#o():this.problem.value&&this.load()}keepMine(){Ie(()=>{this.base.value=this.theirs.value,this.theirs.value=null,this.notice.value="kept"}),this.#l()}async save(){if(!this.canSave.value)return;this.phase.value="checking",this.preview.value={...this.preview.value,state:"asking"},await this.#c(),this.phase.value="";let{state:t}=this.preview.value;if(this.canSave.value&&!this.isClosed&&t==="known"&&Qs(this.preview.value)<=Nf){await this.#e();return}this.canSave.value&&(t==="known"||t==="failed")&&(this.question.value={}),this.#o()}async#e(){if(this.canSave.value){this.phase.value="saving",this.#s();try{this.#a((await this.calls.updateWorkflow(this.#f())).workflow),this.notice.value="saved"}catch(t){if(F(t))return;Zi(t)?await this.#n():await this.#t(t)}finally{this.phase.value=""}this.#o()}}async#n(){for(this.phase.value="uncertain";!this.isClosed;)try{let t=await this.#i();t.etag===this.base.value?.etag?this.problem.value=d().workflows.notSaved:this.#r(t,"saved");return}catch(t){if(F(t))return;await new Promise(n=>setTimeout(n,kf))}}async#t(t){this.question.value=null;try{t instanceof N&&t.reason==="REVISION_CONFLICT"?this.#r(await this.#i(),"updated"):this.#u(t)||(this.problem.value=oe(t))}catch(n){F(n)||(this.problem.value=oe(n))}}#u(t){if(!(t instanceof N)||t.code!=="invalid_argument")return!1;let n={};for(let{field:o,description:s}of t.violations)o.endsWith("away_after")?n.awayAfter=s:o.endsWith("offline_after")?n.offlineAfter=s:o.endsWith("enabled")&&(n.enabled=s);return this.refused.value=n,!Js(n)}async#i(){return(await this.calls.getWorkflow({accountId:this.accountId})).workflow}async#o(){if([this.base.value?.etag,this.theirs.value?.etag,""].includes(this.heardEtag)||this.phase.value)return;let n=++this.rereading;try{let o=await this.#i();n===this.rereading&&!this.phase.value&&this.#r(o,"updated")}catch(o){F(o)||oe(o)}}#r(t,n){if(t.etag!==this.base.value?.etag){if(!this.isChanged.value||vt(he(t),this.draft.value)){this.#a(t),this.notice.value=n;return}this.#s(),Ie(()=>{this.theirs.value=t,this.question.value=null,this.preview.value={state:"none"}})}}#a(t){t&&(this.#s(),Ie(()=>{this.base.value=t,this.draft.value=he(t),this.theirs.value=null,this.question.value=null,this.problem.value="",this.refused.value={},this.notice.value="",this.preview.value={state:"none"}}))}#s(){clearTimeout(this.timer),this.asking?.abort()}#l(){if(this.#s(),!this.canSave.value){this.preview.value={state:"none"};return}this.preview.value={...this.preview.value,state:"asking"},this.timer=setTimeout(()=>this.#c(),xf)}async#c(){this.#s();let t=this.asking=new AbortController;try{let{impact:n}=await this.calls.updateWorkflow({...this.#f(),validateOnly:!0},{signal:t.signal});if(t.signal.aborted)return;this.preview.value={state:"known",impact:n},this.timer=setTimeout(()=>this.#c(),zi)}catch(n){if(t.signal.aborted||xe(n)||F(n))return;let o=Zi(n);this.preview.value={state:o?"failed":"none"},o?this.timer=setTimeout(()=>this.#c(),zi):await this.#t(n)}}#f(){let[t,n]=[this.base.value,this.draft.value];return{workflow:ht(this.accountId,n,t.etag),updateMask:{paths:Ui}}}};function Qs({state:e,impact:t}){return e==="known"&&t?Number(t.switchingToAway+t.switchingToOffline):0}function Zi(e){return e instanceof N&&Ef.includes(e.code)}function Js(e){return Object.keys(e).length===0}var Ji=8,Qi=15;function Mo({form:e}){let t=d().workflows,{state:n,impact:o}=e.preview.value,{draft:s,base:r}=e;if(n==="none")return null;let a=r.value?.enabled&&s.value&&!s.value.enabled;return l`<section class="preview" aria-live="polite" aria-busy=${n==="asking"}>
<h3>${t.previewTitle}</h3>
${n!=="known"&&l`<p class="hint">${n==="asking"?t.previewing:t.previewFailed}</p>`}
${o&&n!=="failed"&&l`<${Af} impact=${o} />`}
${a&&l`<p>${t.turnedOff} ${t.resume}: ${t.resumes[s.value?.resume]}.</p>`}
</section>`}function Af({impact:e}){let t=d().workflows,[n,o]=[Number(e.switchingToAway),Number(e.switchingToOffline)],s=n+o-Math.min(Ji,e.switches.length),r=e.nextHour.map(u=>[Number(u.switchingToAway),Number(u.switchingToOffline)]),[a,i]=[0,1].map(u=>r.reduce((c,f)=>c+f[u],0));return l`<div class="effect">
<p>${n+o===0?t.nobodyNow:t.switching(n,o)}</p>
${e.switches.length>0&&l`<ul class="switches">
${e.switches.slice(0,Ji).map(u=>l`<li key=${u.userId}><${G}>${u.userId}<//> <${Q} status=${u.status} /></li>`)}
${s>0&&l`<li class="hint">${d().common.more(s)}</li>`}
</ul>`}
<p class="hint">${t.withinHour(a,i)}</p>
${a+i>0&&l`<ul class="quarters hint">
${r.map(([u,c],f)=>l`<li key=${f}>
${f*Qi}–${(f+1)*Qi} ${d().units.min}: <strong>${Oe(u+c)}</strong>
</li>`)}
</ul>`}
</div>`}function eu({form:e}){let t=d().workflows,n=e.question.value,o=e.draft.value;if(!n||!o)return null;let{restoring:s,before:r}=n,a=Qs(e.preview.value),i=D(s?.updateTime),u=s?i===void 0?t.restoreFirst:t.restoreTitle(P(i)):a?t.confirmTitle(a):t.blindTitle;return l`<${nu}
title=${u}
yes=${a?t.confirm(a):s?t.restore:t.save}
isReady=${e.canSave.value&&e.preview.value.state!=="asking"}
onAnswer=${c=>e.answer(c)}
>
${s&&l`<${Oo} before=${e.base.value} after=${s} />`}
${r&&l`<p>${t.editsLost}</p>`}
<${Mo} form=${e} />
${a>0&&l`<p>${t.resume}: ${t.resumes[o.resume]}.</p>`}
<//>`}function tu(){let e=d().workflows;return un.value?l`<${nu} title=${e.leaveTitle} yes=${e.leave} no=${e.stay} isReady onAnswer=${ya}>
<p>${e.leaveText}</p>
<//>`:null}function nu({title:e,yes:t,no:n=d().common.cancel,isReady:o,onAnswer:s,children:r}){return l`<${co} title=${e} onClose=${()=>s(!1)} alert>
${r}
<div class="dialog-actions">
<button type="button" onClick=${()=>s(!1)} autofocus>${n}</button>
<button type="button" class="primary" disabled=${!o} onClick=${()=>s(!0)}>${t}</button>
</div>
<//>`}var If=20;function ou({form:e}){let t=d().workflows,n=S(null),o=S(""),s=S(""),r=K(null),a=e.base.value?.etag,i=async c=>{r.current?.abort();let{signal:f}=r.current=new AbortController;s.value="";try{let p=await H.listWorkflowChanges({accountId:e.accountId,pageSize:If,pageToken:c},{signal:f});n.value=c?[...n.value??[],...p.changes]:p.changes,o.value=p.nextPageToken}catch(p){!xe(p)&&!F(p)&&(s.value=oe(p))}};O(()=>(i(""),()=>r.current?.abort()),[e,a]);let u=o.value?void 0:n.value?.at(-1)?.previousWorkflow;return l`<section class="card" aria-labelledby="settings-history">
<h2 id="settings-history">${t.history}</h2>
${!n.value&&!s.value&&l`<${fe} />`}
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
${n.value.map(c=>l`<${Tf} key=${String(c.revision)} change=${c} form=${e} />`)}
${u&&l`<tr>
<td colspan="3" class="hint">${t.beforeAll}</td>
<td class="end"><${su} form=${e} workflow=${u} /></td>
</tr>`}
</tbody>
</table>`}
${s.value&&l`<${R}
kind="error"
actions=${l`<button type="button" onClick=${()=>i("")}>${d().common.retry}</button>`}
>${s.value}<//
>`}
${o.value&&l`<button type="button" class="quiet" onClick=${()=>i(o.value)}>${t.moreHistory}</button>`}
</section>`}function Tf({change:e,form:t}){let n=d().workflows,{workflow:o,previousWorkflow:s}=e;return l`<tr>
<td><${lt} ms=${D(o?.updateTime)} /></td>
<td>
${o?.updatedBy?l`<${G}>${o.updatedBy}<//>`:n.unknownWho}
${o?.updateCaller&&l`<br /><span class="hint">(<${G}>${o.updateCaller}<//>)</span>`}
</td>
<td>
${s?l`<${Oo} before=${s} after=${o} />`:n.unknownWho}
</td>
<td class="end"><${su} form=${t} workflow=${o} /></td>
</tr>`}function su({form:e,workflow:t}){let n=d().workflows,o=e.base.value;if(!t||!o)return null;if(t.etag&&t.etag===o.etag)return l`<span class="hint">${n.inForce}</span>`;if(!B("workflow.write")||vt(he(t),he(o)))return null;let s=D(t.updateTime),r=s===void 0?n.restoreFirst:n.restoreTitle(P(s));return l`<button
type="button"
class="quiet"
title=${r}
disabled=${e.phase.value!==""||e.theirs.value!==null}
onClick=${()=>e.restore(t)}
>
${n.restore}<span class="visually-hidden"> (${r})</span>
</button>`}var bn=null;function ru(){let e=A.value,t=ze(()=>new Ro(e),[e]);O(()=>{let r=U.peek()?.name;t.load(bn?.accountId===e&&bn.who===r?bn:null),bn=null;let a=[J(()=>{let i=ct.value;i&&i.accountId===e&&Le(()=>t.heard(i))}),J(()=>{Qe.value=t.isChanged.value||t.phase.value!==""})];return()=>{let[i,u]=[t.base.peek(),t.draft.peek()];bn=Qe.peek()&&i&&u?{accountId:e,who:r,base:i,draft:u}:null,Qe.value=!1;for(let c of a)c();t.close()}},[t]);let{nav:n,workflows:o,common:s}=d();return l`<p class="crumbs">${n.settings} <span aria-hidden="true">/</span> ${n.care}</p>
<h1>${o.title}</h1>
<${ft} />
${t.draft.value?l`<${Of} form=${t} draft=${t.draft.value} />
<${ou} form=${t} />
<${eu} form=${t} />
<${tu} />`:t.problem.value?l`<${R}
kind="error"
actions=${l`<button type="button" onClick=${()=>t.load()}>${s.retry}</button>`}
>${t.problem.value}<//
>`:l`<${fe} />`}`}function Of({form:e,draft:t}){let n=d().workflows,o=B("workflow.write");return l`<form class="card" onSubmit=${r=>{r.preventDefault(),e.save()}} novalidate aria-busy=${e.phase.value!==""}>
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
${t.enabled&&l`<${To}
draft=${t}
faults=${e.faults.value}
refused=${e.refused.value}
onChange=${r=>e.edit(r)}
disabled=${!o}
/>`}
<${Cf} form=${e} draft=${t} disabled=${!o} />
<${Rf} form=${e} draft=${t} />
<${Mo} form=${e} />
${e.problem.value&&l`<${R} kind="error">${e.problem.value}<//>`}
${e.phase.value==="uncertain"&&l`<${R} kind="warn">${n.uncertain}<//>`}
${o?l`<${Mf} form=${e} />`:l`<${R}>${n.readOnly}<//>`}
</form>`}function Cf({form:e,draft:t,disabled:n}){let o=d().workflows,s=e.base.value;return l`<details class="advanced" open=${(s?.resume??1)>1||s?.keepManualAway}>
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
</details>`}function Rf({form:e,draft:t}){let n=d().workflows,o=e.theirs.value;if(!o)return null;let s=e.isValid.value?ht("",t,""):null;return l`<${R} kind="warn">
<p>${n.conflict(de(o.updatedBy),P(D(o.updateTime)??Date.now()))}</p>
<table class="plain">
<thead>
<tr>
<td></td>
<th scope="col">${n.theirs}</th>
<th scope="col">${n.mine}</th>
</tr>
</thead>
<tbody>
${js.map(r=>{let[a,i]=[yt(o,r),s?yt(s,r):"?"];return a===i?null:l`<tr key=${r}>
<th scope="row">${n.fields[r]}</th>
<td>${a}</td>
<td>${i}</td>
</tr>`})}
</tbody>
</table>
<div class="notice-actions">
<button type="button" onClick=${()=>e.discard()}>${n.takeTheirs}</button>
<button type="button" onClick=${()=>e.keepMine()}>${n.keepMine}</button>
</div>
<//>`}function Mf({form:e}){let t=d().workflows,n=e.base.value,o=de(n?.updatedBy??""),s=D(n?.updateTime),r={checking:()=>t.previewing,saving:()=>t.saving,uncertain:()=>"",saved:()=>t.saved,kept:()=>t.kept(o),updated:()=>t.updated(o),"":()=>s===void 0?"":t.lastChange(P(s),o)};return l`<div class="form-footer">
<p class="hint ${e.notice.value}" role="status">${r[e.phase.value||e.notice.value]()}</p>
${e.isChanged.value&&!e.phase.value&&!e.theirs.value&&l`<button type="button" onClick=${()=>e.discard()}>${t.discard}</button>`}
<button type="submit" class="primary" disabled=${!e.canSave.value}>${t.save}</button>
</div>`}var Lo=[{page:"board",icon:"board",isOpen:()=>uo.value||st.value!==""},{page:"history",icon:"history",isOpen:()=>B("status.read")},{page:"what-if",icon:"whatIf",isOpen:()=>B("workflow.read")},{page:"workflows",icon:"settings",isOpen:()=>B("workflow.read")}],iu=e=>e==="person"?"board":e;function uu(){switch(O(()=>{document.documentElement.lang=ue.value},[ue.value]),z.value){case"loading":return l`<main class="boot"><h1><img src="icon.svg" alt=${d().common.loading} width="48" height="48" /></h1></main>`;case"leaving":return l`<main class="alone"><${R} kind="warn">${d().signIn.again}<//></main>`;case"unreachable":return l`<${Lf} />`;case"signed-out":return l`<${Mi} />`;default:return A.value&&Da.value?l`<${Df} />`:l`<${Ya} />`}}function Lf(){O(()=>{let n=setInterval(Pe,3e3);return()=>clearInterval(n)},[]);let{errors:e,common:t}=d();return l`<main class="alone">
<div class="card narrow" role="alert">
<${ut} />
<h1>${e.unreachable}</h1>
<p class="hint">${e.unreachableHint}</p>
<button type="button" class="wide" onClick=${Pe}>${t.retry}</button>
</div>
</main>`}function Df(){let{nav:e}=d(),{page:t,rest:n}=Ue.value,o=[A.value,t,...n].join("/"),s=K(o),r={board:st.value?e.own:e.board,history:e.history,"what-if":e.whatIf,workflows:e.settings},a=t==="board"&&st.value?"person":t,i=t==="board"&&!Lo[0].isOpen();return O(()=>{let u=Lo.find(({isOpen:c})=>c());i&&u&&Qn(be(u.page))},[i]),O(()=>{let u=t==="person"?n[0]:r[t];document.title=[u,A.value,"onduty"].filter(Boolean).join(" · ")}),O(()=>{s.current!==o&&au(),s.current=o},[o]),l`<div class="frame">
<a class="skip" href="#main" onClick=${au}>${e.skip}</a>
<header class="side">
<${ut} />
<nav aria-label=${e.label}>
${Lo.filter(({isOpen:u})=>u()).map(u=>l`<a key=${u.page} href=${be(u.page)} aria-current=${iu(t)===u.page?"page":null}>
<${ne} name=${u.icon} /><span>${r[u.page]}</span>
</a>`)}
</nav>
<div class="corner"><${lu} /></div>
</header>
<div class="content">
<section class="bar" aria-label=${e.account}><${Ka} /><${ni} /><${Uf} /></section>
<main id="main" tabindex="-1" class=${`page-${a}`} key=${`${A.value}/${t}`}><${Ff} /></main>
</div>
</div>`}function au(e){e?.preventDefault(),document.getElementById("main")?.focus()}function Ff(){let{page:e,rest:t}=Ue.value,n=Lo.find(o=>o.page===iu(e));if(!n)return l`<${ce} isPage title=${d().errors.noPage}><a href=${be("board")}>${d().person.back}</a><//>`;if(!n.isOpen())return l`<${ce} isPage title=${d().errors.denied} />`;if(n.page==="board"&&st.value)return l`<${Ci} id=${st.value} />`;switch(e){case"history":return l`<${ki} />`;case"what-if":return l`<${Xi} />`;case"workflows":return l`<${ru} />`;case"person":return l`<${Oi} id=${t[0]??""} key=${t[0]} />`;default:return l`<${gi} />`}}function Uf(){let e=S(!1),t=K(null),n=K(null);return O(()=>{if(!e.value)return;let s=a=>{t.current?.contains(a.target)||(e.value=!1)},r=["pointerdown","focusin"];for(let a of r)document.addEventListener(a,s);return()=>{for(let a of r)document.removeEventListener(a,s)}},[e.value]),l`<div ref=${t} class="menu" onKeyDown=${s=>{s.key!=="Escape"||!e.value||(e.value=!1,n.current?.focus())}}>
<button
ref=${n}
type="button"
class="icon-button"
aria-label=${d().nav.menu}
aria-expanded=${e.value?"true":"false"}
onClick=${()=>e.value=!e.value}
>
<${ne} name="person" />
</button>
${e.value&&l`<div class="corner card"><${lu} />${io.value&&l`<a href="#/">${d().nav.changeAccount}</a>`}</div>`}
</div>`}function lu(){let{nav:e}=d();return l`${ot.value?l`<p class="who"><${ne} name="person" /><${G}>${U.value?.name??""}<//></p>
<button type="button" class="quiet" onClick=${oo}>${e.signOut}</button>`:U.value&&!U.value.authenticated?l`<label class="own-name">
<span class="hint">${e.you}</span>
<input
value=${et.value}
placeholder=${e.noName}
maxlength="128"
autocomplete="name"
onChange=${t=>so(t.currentTarget.value)}
/>
</label>`:l`<p class="who"><${ne} name="person" /><${G}>${U.value?.name??""}<//></p>`}
<${Et} />`}var cu=document.getElementById("app");await Wa();cu.replaceChildren();qo(l`<${uu} />`,cu);ws.ask=Ca;Pe();
